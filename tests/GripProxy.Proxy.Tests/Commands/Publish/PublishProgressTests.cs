using GripProxy.Proxy.Commands;
using GripProxy.Proxy.Commands.Publish;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Commands.Publish;

public sealed class PublishProgressTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose() => _error.Dispose();

    [Theory]
    [InlineData(true, 240)]
    [InlineData(false, 9_990)]
    public async Task Report_OfAShortPublish_SaysNothing(bool isTerminal, int milliseconds)
    {
        var progress = Progress(isTerminal);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

        await progress.ReportAsync(100);
        await progress.EndAsync();

        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task Report_OnATerminal_IsOneLineThatVanishes()
    {
        var progress = Progress(isTerminal: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        await progress.ReportAsync(100);
        await progress.ReportAsync(101);
        _time.Advance(TimeSpan.FromSeconds(1));
        await progress.ReportAsync(400);
        await progress.EndAsync();

        Assert.Equal("\r100 items published, 100 per second\e[K\r400 items published, 200 per second\e[K\r\e[K", _error.ToString());
    }

    [Fact]
    public async Task Report_Elsewhere_IsALineNowAndThen()
    {
        var progress = Progress(isTerminal: false);
        _time.Advance(TimeSpan.FromSeconds(10));
        await progress.ReportAsync(100);
        _time.Advance(TimeSpan.FromSeconds(9));
        await progress.ReportAsync(200);
        await progress.EndAsync();

        Assert.Equal("100 items published, 10 per second\n", _error.ToString());
    }

    private PublishProgress Progress(bool isTerminal) => new(new ProcessContext
    {
        Output = TextWriter.Null,
        Error = _error,
        Environment = new Dictionary<string, string>(StringComparer.Ordinal),
        IsErrorTerminal = isTerminal,
        Time = _time,
    });
}
