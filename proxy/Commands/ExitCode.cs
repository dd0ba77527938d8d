namespace GripProxy.Proxy.Commands;

/// <summary>How the process ends (CLI-04, CLI-05).</summary>
internal static class ExitCode
{
    /// <summary>As asked.</summary>
    public const int Success = 0;

    /// <summary>Wrong arguments, wrong configuration, or no port.</summary>
    public const int Failure = 1;

    /// <summary>Plugins are enabled and the JavaScript runtime is missing or too old (plugins.md §4).</summary>
    public const int NoRuntime = 78;
}
