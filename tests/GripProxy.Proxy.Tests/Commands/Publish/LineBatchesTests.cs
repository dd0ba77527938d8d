using System.IO.Pipelines;
using System.Text;
using GripProxy.Proxy.Commands.Publish;

namespace GripProxy.Proxy.Tests.Commands.Publish;

public sealed class LineBatchesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\r\nb\n\nc", "a|b||c")]
    [InlineData("\n", "")]
    public async Task Read_Text_IsCutAtLineBreaks(string text, string expected)
    {
        var lines = new List<string>();
        await foreach (var batch in LineBatches.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None))
            lines.AddRange(batch.Select(line => Encoding.UTF8.GetString(line.Span)));

        Assert.Equal(expected, string.Join('|', lines));
        Assert.Equal(text.Count(c => c == '\n') + (text.Length == 0 || text.EndsWith('\n') ? 0 : 1), lines.Count);
    }

    [Fact]
    public async Task Read_ALineThatCame_DoesNotWaitForTheNext()
    {
        var pipe = new Pipe();
        await using var batches = LineBatches.ReadAsync(pipe.Reader.AsStream(), CancellationToken.None).GetAsyncEnumerator();

        await pipe.Writer.WriteAsync("one\ntw"u8.ToArray());
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal("one", Encoding.UTF8.GetString(Assert.Single(batches.Current).Span));

        await pipe.Writer.WriteAsync("o"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal("two", Encoding.UTF8.GetString(Assert.Single(batches.Current).Span));
        Assert.False(await batches.MoveNextAsync());
    }

    [Fact]
    public async Task Read_LongLines_ComeInSmallerBatches()
    {
        var text = string.Concat(Enumerable.Repeat(new string('x', 100_000) + "\n", 5));
        var counts = new List<int>();
        await foreach (var batch in LineBatches.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None))
            counts.Add(batch.Count);

        Assert.Equal(5, counts.Sum());
        Assert.True(counts.Max() <= 2);
    }

    [Fact]
    public async Task Read_ALineWithoutEnd_IsGivenUp()
    {
        var endless = new MemoryStream(new byte[17 * 1024 * 1024]);

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var _ in LineBatches.ReadAsync(endless, CancellationToken.None))
                Assert.Fail("There is no line.");
        });
    }
}
