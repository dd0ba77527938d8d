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

    /// <summary>The clock of everything.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The real process.</summary>
    public static ProcessContext Current() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Environment = System.Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .ToDictionary(name => name, name => System.Environment.GetEnvironmentVariable(name) ?? "", StringComparer.Ordinal),
    };
}
