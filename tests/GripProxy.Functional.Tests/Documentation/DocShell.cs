using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Documentation;

/// <summary>
/// The terminals of somebody who follows a page: an empty folder, the program on the PATH, and where the kernel allows it a network of its own, so
/// that a page may use the ports that everybody uses, and Pushpin's folders. Owned by the test that follows the page.
/// </summary>
internal sealed class DocShell : IAsyncDisposable
{
    private const string Prepare = """
        ip link set lo up && for folder in /run/pushpin /var/log/pushpin; do [ ! -d $folder ] || mount -t tmpfs tmpfs $folder; done &&
        echo prepared && exec sleep infinity
        """;

    // A terminal remembers where it is and what was exported.
    private const string Before = "exec 2>&1; cd; [ ! -e \"$DOC_STATE/env\" ] || { . \"$DOC_STATE/env\"; cd \"$(cat \"$DOC_STATE/folder\")\"; }\n";
    private const string After = "\ncode=$?; export -p >\"$DOC_STATE/env\"; pwd >\"$DOC_STATE/folder\"; exit $code";

    private readonly List<(string Command, ChildProcess Process)> _running = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("gripproxy-docs-").FullName;
    private readonly Dictionary<string, string> _environment;
    private ChildProcess? _space;

    private DocShell()
    {
        string state = Directory.CreateDirectory(Path.Combine(_folder, ".state")).FullName;
        // Its output goes to a pipe, where curl would show its progress, other than in a terminal.
        File.WriteAllText(Path.Combine(_folder, ".curlrc"), "silent\nshow-error\n");
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{Path.GetDirectoryName(BuiltProgram.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DOC_STATE"] = state,
            ["HOME"] = _folder,
        };
    }

    public static async Task<DocShell> OpenAsync()
    {
        DocShell shell = new();
        ChildProcess space = ChildProcess.Start("unshare", ["--net", "--mount", "sh", "-c", Prepare]);
        if (await IsPreparedAsync(space))
        {
            shell._space = space;
        }
        else
        {
            // Nothing is lost but the safety from what else listens on this machine.
            await space.DisposeAsync();
        }

        return shell;
    }

    /// <summary>Types commands and gives what they print. Fails unless the last one succeeds, or <paramref name="mayFail"/>.</summary>
    public async Task<string> TypeAsync(string commands, bool mayFail)
    {
        await using ChildProcess process = Start((mayFail ? "" : "set -e\n") + commands + After);
        int code = await process.ExitCodeAsync();
        Assert.True(mayFail || code == 0, $"ended with {code}:\n{commands}\nIt printed:\n{process.Output.Text}\n{Printed()}");
        return process.Output.Text;
    }

    /// <summary>Starts what keeps running, and waits until it has printed the text; with <c>WORD says TEXT</c> until the one whose command has the word does.</summary>
    public async Task StartAsync(string command, string until)
    {
        string[] parts = until.Split(" says ", 2);
        ChildProcess? speaker = parts.Length == 1 ? null : Find(parts[0]).Process;
        int mark = speaker?.Output.Mark ?? 0;
        ChildProcess process = Start(command);
        _running.Add((command, process));
        await (speaker ?? process).Output.WaitForAsync(line => line.Contains(parts[^1], StringComparison.Ordinal), mark);
    }

    /// <summary>Waits until a program that runs has printed the line.</summary>
    public async Task ShowsAsync(string line)
    {
        await foreach (Task<string> wait in Task.WhenEach(_running.Select(one => one.Process.Output.WaitForAsync(printed => printed == line))))
        {
            if (wait.IsCompletedSuccessfully)
            {
                return;
            }
        }

        Assert.Fail($"nobody prints '{line}'. What was printed:\n{Printed()}");
    }

    /// <summary>Ends the program that was started last of those whose command has the word, and waits for its end.</summary>
    public async Task StopAsync(string word)
    {
        (string Command, ChildProcess Process) one = Find(word);
        _running.Remove(one);
        ChildProcess process = one.Process;
        await using ChildProcess kill = ChildProcess.Start("kill", ["-TERM", "--", $"-{process.Id}"]);
        await process.ExitCodeAsync();
        await process.DisposeAsync();
    }

    public void Write(string name, IReadOnlyList<string> lines)
    {
        string state = Path.Combine(_environment["DOC_STATE"], "folder");
        string folder = File.Exists(state) ? File.ReadAllText(state).TrimEnd('\n') : _folder;
        File.WriteAllLines(Path.Combine(folder, name), lines);
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((_, ChildProcess process) in _running)
        {
            await process.DisposeAsync();
        }

        if (_space is not null)
        {
            await _space.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // Each in a process group of its own, by which it can be ended whatever it has started.
    private ChildProcess Start(string script) => _space is null
        ? ChildProcess.Start("setsid", ["bash", "-c", Before + script], _folder, _environment)
        : ChildProcess.Start("nsenter", [$"--target={_space.Id}", "--net", "--mount", "setsid", "bash", "-c", Before + script], _folder, _environment);

    private (string Command, ChildProcess Process) Find(string word)
    {
        int at = _running.FindLastIndex(one => one.Command.Contains(word, StringComparison.Ordinal));
        Assert.True(at >= 0, $"nothing runs that has '{word}' in it");
        return _running[at];
    }

    private string Printed() => string.Join('\n', _running.Select(one => $"--- {one.Command}\n{one.Process.Output.Text}"));

    private static async Task<bool> IsPreparedAsync(ChildProcess space)
    {
        try
        {
            await space.Output.WaitForAsync(line => line == "prepared");
            return true;
        }
        catch (Xunit.Sdk.XunitException)
        {
            return false;
        }
    }
}
