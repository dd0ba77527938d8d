namespace GripProxy.Proxy.Commands;

/// <summary>How the process ends (CLI-04, CLI-05).</summary>
internal static class ExitCode
{
    /// <summary>As asked.</summary>
    public const int Success = 0;

    /// <summary>Wrong arguments, wrong configuration, or no port.</summary>
    public const int Failure = 1;
}
