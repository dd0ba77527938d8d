using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A program started by a test, its output captured. Owned by the test that started it, which ends it by disposing.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task _exited;

    private ChildProcess(Process process)
    {
        _process = process;
        _exited = WaitForExitAsync();
    }

    public ProcessOutput Output { get; } = new();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static ChildProcess Start(
        string file, IEnumerable<string> arguments, string? folder = null, IDictionary<string, string>? environment = null, string input = "")
    {
        ProcessStartInfo start = new(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        Process process = new() { StartInfo = start };
        ChildProcess child = new(process);
        process.OutputDataReceived += (_, line) => child.Take(line.Data);
        process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        process.Start();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        child._started.SetResult();
        return child;
    }

    /// <summary>The files that the running program has mapped into its memory.</summary>
    public string LoadedFiles() => File.ReadAllText($"/proc/{_process.Id}/maps");

    /// <summary>Waits for the end and gives the exit code.</summary>
    public Task<int> ExitCodeAsync() => ExitCodeAsync(s_patience);

    /// <summary>The same for what takes longer than most.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan patience)
    {
        try
        {
            await _exited.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The process did not end in {patience.TotalSeconds} s. Its output:\n{Output.Text}");
        }

        return _process.ExitCode;
    }

    public void Signal(PosixSignal signal)
    {
        int number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ when (int)signal > 0 => (int)signal,
            _ => throw new ArgumentOutOfRangeException(nameof(signal)),
        };
        Assert.Equal(0, Kill(_process.Id, number));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _exited;
        _process.Dispose();
    }

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitForExitAsync()
    {
        await _started.Task;
        // Completes after the last line was read.
        await _process.WaitForExitAsync();
        Output.End();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            Output.Add(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
