namespace GripProxy.Protocol.Configuration;

/// <summary>How bad a <see cref="ConfigProblem"/> is.</summary>
public enum ConfigSeverity
{
    /// <summary>Good to know: a key whose feature does not exist yet, or is not used by GripProxy.</summary>
    Note,

    /// <summary>Works, but probably not as meant.</summary>
    Warning,

    /// <summary>The program does not start with it; at a reload the old value stays.</summary>
    Error,
}
