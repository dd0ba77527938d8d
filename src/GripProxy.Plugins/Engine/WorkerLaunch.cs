namespace GripProxy.Plugins.Engine;

/// <summary>How processes of the runtime are started (plugins.md §5.1). Immutable.</summary>
internal sealed record WorkerLaunch
{
    /// <summary>The runtime.</summary>
    public required RuntimeLocation Runtime { get; init; }

    /// <summary>Folder of the programs.</summary>
    public required string Programs { get; init; }

    /// <summary>Folder in which the empty working directory and the file that keeps the runtime from storing anything are made.</summary>
    public required string Data { get; init; }

    /// <summary>Words in front of the command: a stronger wall (plugins.md §5.7).</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Further flags of V8, such as <c>--jitless</c>.</summary>
    public IReadOnlyList<string> V8Flags { get; init; } = [];

    /// <summary>The text that starts the parts of plugins in web pages; no process runs it.</summary>
    public string StarterOfPages => Path.Combine(Programs, "site", "parts.js");

    /// <summary>The command line of a program.</summary>
    /// <param name="program"><c>cell</c> or <c>compiler</c>.</param>
    /// <param name="heapMegabytes">Limit of the JavaScript heap.</param>
    public IReadOnlyList<string> CommandLine(string program, int heapMegabytes) =>
    [
        .. Launcher,
        Runtime.Deno, "run", "--no-prompt", "--no-remote", "--no-npm", "--no-config", "--no-lock", "--cached-only",
        "--v8-flags=" + string.Join(',', V8Flags.Prepend($"--max-old-space-size={heapMegabytes}")),
        Path.Combine(Programs, program, "main.js"),
    ];

    /// <summary>
    /// The whole environment. The folder of the runtime lies below a regular file, so it cannot be made: else processes without any permission
    /// could store values there and read each other's. Without a graphics back end no driver is loaded into the process.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TZ"] = "UTC",
        ["NO_COLOR"] = "1",
        ["DENO_NO_UPDATE_CHECK"] = "1",
        ["DENO_WEBGPU_BACKEND"] = "noop",
        ["DENO_DIR"] = Path.Combine(Data, "no-cache", "x"),
    };

    /// <summary>The empty folder that processes start in.</summary>
    public string WorkingDirectory => Path.Combine(Data, "empty");

    /// <summary>Makes the folder and the file; they may be there.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(WorkingDirectory);
        File.Open(Path.Combine(Data, "no-cache"), FileMode.OpenOrCreate).Dispose();
    }
}
