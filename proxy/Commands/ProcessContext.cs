namespace GripProxy.Proxy.Commands;

/// <summary>What a command knows of the process it runs in; tests give their own. Immutable.</summary>
internal sealed record ProcessContext
{
    /// <summary>Standard output.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Whether a file exists, for the search of the configuration (CFG-01).</summary>
    public Func<string, bool> FileExists { get; init; } = File.Exists;

    /// <summary>Opens standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>True if somebody watches standard error on a terminal.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Name by which the program was called, without folders: that of a symbolic link if there is one. Empty if unknown.</summary>
    public string CalledAs { get; init; } = "";

    /// <summary>The clock of everything.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The real process.</summary>
    public static ProcessContext Current() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        IsErrorTerminal = !Console.IsErrorRedirected,
        CalledAs = ReadCalledAs(),
        Environment = System.Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .ToDictionary(name => name, name => System.Environment.GetEnvironmentVariable(name) ?? "", StringComparer.Ordinal),
    };

    // The runtime knows only the program that the link leads to; the kernel knows what the shell said.
    private static string ReadCalledAs()
    {
        try
        {
            return Path.GetFileName(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return ""; // another system than Linux: links to the program have no meaning of their own
        }
    }
}
