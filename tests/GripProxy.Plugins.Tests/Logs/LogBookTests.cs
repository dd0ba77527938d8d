using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Logs;

public sealed class LogBookTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Plg15_Log_KeepsTheLast1000LinesOfEachInstall()
    {
        await using var book = Open();
        book.Add(1, 2, "log", LogLine.Console, "of another");
        for (var i = 0; i < 1300; i++)
            book.Add(1, 1, "log", LogLine.Console, $"{i}");

        var lines = await book.ReadAsync(1, 1, new LogFilter(), after: 0, limit: 2000);

        Assert.Equal(1000, lines.Count);
        Assert.Equal("300", lines[0].Text);
        Assert.Single(await book.ReadAsync(1, 2, new LogFilter(), after: null, limit: 10));
    }

    [Fact]
    public async Task Plg15_Log_KeepsAMebibyteOfEachInstall()
    {
        await using var book = Open();
        for (var i = 0; i < 10; i++)
            book.Add(1, 1, "log", LogLine.Console, i + new string('x', 200_000));

        Assert.Equal(["5", "6", "7", "8", "9"], (await book.ReadAsync(1, 1, new LogFilter(), after: null, limit: 100)).Select(line => line.Text[..1]));
    }

    [Fact]
    public async Task Plg15_Log_OutlivesTheProcessAndNumbersGoOn()
    {
        await using (var before = Open())
            before.Add(1, 1, "error", LogLine.System, "killed");
        await using var book = Open();
        book.Add(1, 1, "shout", LogLine.Console, "back");

        var lines = await book.ReadAsync(1, 1, new LogFilter(), after: null, limit: 10);

        Assert.Equal(["error system killed", "log console back"], lines.Select(line => $"{line.Level} {line.Source} {line.Text}"));
        Assert.True(lines[0].Id < lines[1].Id);
    }

    [Fact]
    public async Task Plg15_Follower_WhoDoesNotRead_IsEndedAndHoldsNobodyUp()
    {
        await using var book = Open();
        using var follower = book.Follow(1, 1);
        for (var i = 0; i < 20; i++)
            book.Add(1, 1, "log", LogLine.Console, new string('x', 100_000));

        var heard = 0;
        while (await follower.Lines.WaitToReadAsync())
        {
            while (follower.Lines.TryRead(out _))
                heard++;
        }

        Assert.Equal(10, heard);
    }

    private LogBook Open() => new(_folder.File("logs.db"), "here", TimeProvider.System, NullLogger<LogBook>.Instance);
}
