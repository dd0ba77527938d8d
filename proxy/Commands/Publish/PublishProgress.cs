using System.Globalization;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>
/// Tells on standard error how far a long publish is: on a terminal in one line that is written over, elsewhere in a line now and then. A short
/// one says nothing. Owned by the command.
/// </summary>
internal sealed class PublishProgress(ProcessContext context)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(10);

    private readonly long _start = context.Time.GetTimestamp();
    private TimeSpan _shown;
    private bool _isShown;

    /// <summary>So many items are accepted by now.</summary>
    public async Task ReportAsync(long count)
    {
        var elapsed = context.Time.GetElapsedTime(_start);
        if (elapsed - _shown < (context.IsErrorTerminal ? OnTerminal : Elsewhere))
            return;
        _shown = elapsed;
        var text = string.Create(CultureInfo.InvariantCulture, $"{count} items published, {count / elapsed.TotalSeconds:0} per second");
        if (context.IsErrorTerminal)
            await context.Error.WriteAsync($"\r{text}\e[K");
        else
            await context.Error.WriteLineAsync(text);
        _isShown = true;
    }

    /// <summary>Leaves an empty line for what comes.</summary>
    public async Task EndAsync()
    {
        if (_isShown && context.IsErrorTerminal)
            await context.Error.WriteAsync("\r\e[K");
    }
}
