namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// The lines that a child process printed, and waiting for lines to come. Guarded by its lock: the process's readers add,
/// tests wait.
/// </summary>
public sealed class ProcessOutput
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _ended;

    /// <summary>How many lines there are: give it to a later wait to look only at newer ones.</summary>
    public int Mark
    {
        get
        {
            lock (_lock)
            {
                return _lines.Count;
            }
        }
    }

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            Signal();
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Signal();
        }
    }

    /// <summary>The first line after <paramref name="mark"/> that fits; fails with all output if the process ends first.</summary>
    public async Task<string> WaitForAsync(Func<string, bool> fits, int mark = 0) => (await WaitForAsync(fits, count: 1, mark))[0];

    /// <summary>The first <paramref name="count"/> lines after <paramref name="mark"/> that fit.</summary>
    public async Task<IReadOnlyList<string>> WaitForAsync(Func<string, bool> fits, int count, int mark)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (true)
        {
            Task changed;
            string[] found;
            lock (_lock)
            {
                found = [.. _lines.Skip(mark).Where(fits).Take(count)];
                if (found.Length == count)
                {
                    return found;
                }

                Assert.False(_ended, $"The process ended; {found.Length} of {count} expected lines came. Its output:\n{string.Join('\n', _lines)}");
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{found.Length} of {count} expected lines came in {s_patience.TotalSeconds} s. The output:\n{Text}");
            }
        }
    }

    /// <summary>Waits until the log of a proxy says that <paramref name="count"/> subscriptions to a channel were made.</summary>
    public Task SubscribedAsync(string channel, int count, int mark)
    {
        string word = $"channel={channel}";
        return WaitForAsync(
            line => line.Contains(" subscribe ", StringComparison.Ordinal) && line.Split(' ').Contains(word, StringComparer.Ordinal), count, mark);
    }

    /// <summary>Completes when a line is added or the process ends.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _ended ? Task.CompletedTask : _changed.Task;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }
}
