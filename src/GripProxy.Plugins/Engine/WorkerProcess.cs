using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace GripProxy.Plugins.Engine;

/// <summary>One process of the runtime and its streams. Owned by whoever started it, which disposes of it. Thread-safe but for the streams.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int ErrorTail = 4096;

    // What it wrote lies in the pipes already and is read at once; a second is much.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private static readonly int PageBytes = System.Environment.SystemPageSize;

    private readonly Process _process;
    private readonly StreamReader _errorOutput;
    private readonly StringBuilder _errors = new();
    private readonly CancellationTokenSource _gone;
    private readonly Task _finished;
    private readonly LaunchedFamily? _launched;

    private WorkerProcess(Process process, bool isWrapped, TimeProvider time)
    {
        _process = process;
        _errorOutput = process.StandardError;
        Input = process.StandardInput.BaseStream;
        Output = process.StandardOutput.BaseStream;
        Id = process.Id;
        IsWrapped = isWrapped;
        _launched = isWrapped && OperatingSystem.IsLinux() ? new LaunchedFamily(Id) : null;
        _gone = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Gone = _gone.Token;
        _finished = FinishAsync();
    }

    /// <summary>What the process reads.</summary>
    public Stream Input { get; }

    /// <summary>What the process writes.</summary>
    public Stream Output { get; }

    /// <summary>The process's number.</summary>
    public int Id { get; }

    /// <summary>True: a launcher stands in front of the program, and the process is that launcher.</summary>
    public bool IsWrapped { get; }

    /// <summary>
    /// Cancelled when the process has ended and there was time to read what it wrote: whoever holds its pipes then, as what a killed launcher leaves behind may, is not waited for.
    /// </summary>
    public CancellationToken Gone { get; }

    /// <summary>Completes when the process has ended and its standard error was read, as far as that ends; never fails.</summary>
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
    /// <param name="launch">How processes are started.</param>
    /// <param name="program"><c>cell</c> or <c>compiler</c>.</param>
    /// <param name="heapMegabytes">Limit of the JavaScript heap.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="WorkerEndedException">It cannot be started.</exception>
    public static async Task<WorkerProcess> StartAsync(WorkerLaunch launch, string program, int heapMegabytes, TimeProvider time)
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
            var process = await ProcessStarter.StartAsync(start);
            PreferForKilling(process.Id);
            return new WorkerProcess(process, launch.Launcher.Count > 0, time);
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
            return _launched?.Measure() ?? ReadStat(File.ReadAllText($"/proc/{Id}/stat"));
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
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself, or some of what a launcher started may not be killed.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _finished;
        // Else they stay open until they are collected, and with them what a launcher has left behind.
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        _errorOutput.Dispose();
        _process.Dispose();
        _gone.Dispose();
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

    /// <summary>Reads when the process of a line of /proc was started, in a form that only serves to be compared.</summary>
    internal static string ReadStarted(string stat)
    {
        const int StartedField = 19;
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartedField];
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
        var errors = ReadErrorsAsync();
        await _process.WaitForExitAsync();
        _launched?.KillRest();
        _gone.CancelAfter(LastWords);
        await errors;
    }

    private async Task ReadErrorsAsync()
    {
        var buffer = new char[1024];
        try
        {
            for (var read = await _errorOutput.ReadAsync(buffer, Gone); read > 0; read = await _errorOutput.ReadAsync(buffer, Gone))
            {
                lock (_errors)
                {
                    _errors.Append(buffer, 0, read);
                    if (_errors.Length > ErrorTail)
                        _errors.Remove(0, _errors.Length - ErrorTail);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The pipe broke with the process, or somebody else holds it.
        }
    }
}
