using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace GripProxy.Plugins.Engine;

/// <summary>One process of the runtime and its streams. Owned by whoever started it, which disposes of it. Thread-safe but for the streams.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int ErrorTail = 4096;

    private static readonly int PageBytes = System.Environment.SystemPageSize;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Task _finished;
    private readonly bool _isWrapped;

    private WorkerProcess(Process process, bool isWrapped)
    {
        _isWrapped = isWrapped;
        _process = process;
        Id = process.Id;
        _finished = FinishAsync();
    }

    /// <summary>What the process reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What the process writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>The process's number.</summary>
    public int Id { get; }

    /// <summary>Completes when the process has ended and its standard error was read; never fails.</summary>
    public Task Finished => _finished;

    /// <summary>Valid once finished.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The end of what it wrote to standard error.</summary>
    public string ErrorText
    {
        get
        {
            lock (_errors)
                return _errors.ToString().Trim();
        }
    }

    /// <summary>Starts a program of ours.</summary>
    /// <exception cref="WorkerEndedException">It cannot be started.</exception>
    public static WorkerProcess Start(WorkerLaunch launch, string program, int heapMegabytes)
    {
        var command = launch.CommandLine(program, heapMegabytes);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = launch.WorkingDirectory,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
            start.Environment[name] = value;
        try
        {
            launch.Prepare();
            var process = Process.Start(start) ?? throw new InvalidOperationException("no process was started");
            PreferForKilling(process.Id);
            return new WorkerProcess(process, launch.Launcher.Count > 0);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new WorkerEndedException(WorkerEnd.NotStarted, $"{command[0]} cannot be started: {e.Message}");
        }
    }

    /// <summary>What it takes, or null if the process is not there any more.</summary>
    public ProcessUse? Measure()
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                return MeasurePortably();
            return _isWrapped ? Sum(ProcessFamily.Of(Id)) : ReadStat(File.ReadAllText($"/proc/{Id}/stat"));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Ends it at once: plugins could wait out anything gentler.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _finished;
        _process.Dispose();
    }

    /// <summary>Reads a line of /proc: the name in parentheses may hold anything, the fields behind it are numbers.</summary>
    internal static ProcessUse ReadStat(string stat)
    {
        const int UserField = 11;
        const int SystemField = 12;
        const int ThreadsField = 17;
        const int ResidentField = 21;
        // What the kernel shows to programs is counted in hundredths of a second, on every architecture that the framework runs on.
        const int Hertz = 100;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        return new ProcessUse(
            Number(ResidentField) * PageBytes, (int)Number(ThreadsField), TimeSpan.FromSeconds((Number(UserField) + Number(SystemField)) / (double)Hertz));
    }

    // One that ends meanwhile counts no longer; when the first does, it is over.
    private ProcessUse Sum(IReadOnlyList<int> family)
    {
        var sum = ReadStat(File.ReadAllText($"/proc/{Id}/stat"));
        foreach (var id in family.Skip(1))
        {
            if (!File.Exists($"/proc/{id}/stat"))
                continue;
            var use = ReadStat(File.ReadAllText($"/proc/{id}/stat"));
            sum = new ProcessUse(sum.ResidentBytes + use.ResidentBytes, sum.Threads + use.Threads, sum.Processor + use.Processor);
        }

        return sum;
    }

    private ProcessUse MeasurePortably()
    {
        _process.Refresh();
        return new ProcessUse(_process.WorkingSet64, _process.Threads.Count, _process.TotalProcessorTime);
    }

    // The kernel that has to end somebody takes the cell and not the proxy.
    private static void PreferForKilling(int id)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            File.WriteAllText($"/proc/{id}/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or the system does not let us: then the kernel chooses by itself.
        }
    }

    private async Task FinishAsync()
    {
        var buffer = new char[1024];
        var errors = _process.StandardError;
        try
        {
            for (var read = await errors.ReadAsync(buffer); read > 0; read = await errors.ReadAsync(buffer))
            {
                lock (_errors)
                {
                    _errors.Append(buffer, 0, read);
                    if (_errors.Length > ErrorTail)
                        _errors.Remove(0, _errors.Length - ErrorTail);
                }
            }
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }

        await _process.WaitForExitAsync();
    }
}
