using System.Text;
using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Logging;

public sealed class LogSinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    private string LogFile => Path.Combine(_folder.FullName, "log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Dispose_LinesQueued_AreWrittenInOrder()
    {
        await using (var sink = LogSink.Create(LogFile, TimeProvider.System))
        {
            for (var i = 0; i < 3000; i++)
                sink.Write(LogLevel.Information, $"line {i}", null);
        }

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"line {i}"), File.ReadLines(LogFile).Select(line => line[31..]));
    }

    [Fact]
    public async Task Create_FileExists_IsAppendedTo()
    {
        await File.WriteAllTextAsync(LogFile, "before\n");
        await using (var sink = LogSink.Create(LogFile, TimeProvider.System))
            sink.Write(LogLevel.Information, "after", null);

        Assert.StartsWith("before\n[INFO] ", await File.ReadAllTextAsync(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reopen_FileRenamed_NewLinesGoToANewFile()
    {
        await using (var sink = LogSink.Create(LogFile, TimeProvider.System))
        {
            File.Move(LogFile, LogFile + ".1");
            sink.Reopen();
            sink.Write(LogLevel.Information, "new", null);
        }

        Assert.Equal("", await File.ReadAllTextAsync(LogFile + ".1"));
        Assert.EndsWith(" new\n", await File.ReadAllTextAsync(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WriterStandsStill_LosesLinesAndSaysHowMany()
    {
        var stream = new StuckStream();
        var sink = new LogSink(() => stream, TimeProvider.System);
        sink.Write(LogLevel.Information, "first", null);
        await stream.Writing;

        for (var i = 0; i < 20_000; i++)
            sink.Write(LogLevel.Information, "more", null);
        stream.GoOn();
        await sink.DisposeAsync();

        Assert.Equal(20_001, stream.Text.Split('\n').Count(line => line.EndsWith(" more", StringComparison.Ordinal) || line.EndsWith(" first", StringComparison.Ordinal)) + Lost(stream.Text));
    }

    [Fact]
    public async Task Write_DiskFull_GoesOn()
    {
        await using (var sink = LogSink.Create("/dev/full", TimeProvider.System))
            sink.Write(LogLevel.Information, "lost", null);
    }

    private static int Lost(string text) =>
        int.Parse(text.Split('\n').Single(line => line.StartsWith("[WARN]", StringComparison.Ordinal))[31..].Split(' ')[0]);

    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource _writing = new();
        private readonly TaskCompletionSource _goOn = new();

        public Task Writing => _writing.Task;

        public string Text => Encoding.UTF8.GetString(ToArray());

        public void GoOn() => _goOn.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _writing.TrySetResult();
            await _goOn.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
