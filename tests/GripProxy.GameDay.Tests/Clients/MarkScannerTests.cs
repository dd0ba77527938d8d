using System.Text;
using GripProxy.GameDay.Clients;

namespace GripProxy.GameDay.Tests.Clients;

public sealed class MarkScannerTests
{
    private const string Text =
        "data: {\"event\":\"a\",\"properties\":{\"$gd\":{\"run\":\"r.0\",\"step\":2,\"n\":17,\"c\":3,\"u\":5},\"x\":{}}}\n\n" +
        "{\"properties\":{\"$gd\":{\"run\":\"another\",\"step\":2,\"n\":18,\"c\":4,\"u\":5}}}\n" +
        "{\"properties\":{\"seen\":1,\"$gd\": 5}}{\"$gd\":{\"run\":\"r.0\",\"step\":3,\"n\":2147483647,\"c\":0,\"u\":0}}";

    [Fact]
    public void Take_WhateverTheFraming_FindsOwnMarks() =>
        Assert.Equal([new EventMark(2, 17, 3, 5), new EventMark(3, int.MaxValue, 0, 0)], Scan(Text.Length));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void Take_CutIntoPieces_FindsTheSame(int length) => Assert.Equal(Scan(Text.Length), Scan(length));

    [Fact]
    public void Take_MarkThatNeverEnds_IsForgotten()
    {
        var found = new List<EventMark>();
        var scanner = new MarkScanner("r.0", found.Add);
        for (var i = 0; i < 1000; i++)
            scanner.Take("\"$gd\":{\"run\":[[[["u8);
        scanner.Take("}"u8);

        scanner.Take(Encoding.UTF8.GetBytes(Text));

        Assert.Equal(2, found.Count);
    }

    private static List<EventMark> Scan(int length)
    {
        var found = new List<EventMark>();
        var scanner = new MarkScanner("r.0", found.Add);
        foreach (var piece in Encoding.UTF8.GetBytes(Text).Chunk(length))
            scanner.Take(piece);
        return found;
    }
}
