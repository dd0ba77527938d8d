namespace GripProxy.Protocol.Configuration;

/// <summary>One thing that is wrong with the configuration. Immutable.</summary>
/// <param name="Severity">Whether it stops the start.</param>
/// <param name="Location">Where: <c>file:line</c>, an environment variable's name, a command-line option, or a file's path.</param>
/// <param name="Text">What is wrong, what was expected, and how to fix it. Never a secret.</param>
public sealed record ConfigProblem(ConfigSeverity Severity, string Location, string Text)
{
    /// <summary>The problem as one line: <c>file:line: text</c>.</summary>
    public override string ToString() => Location.Length == 0 ? Text : $"{Location}: {Text}";
}
