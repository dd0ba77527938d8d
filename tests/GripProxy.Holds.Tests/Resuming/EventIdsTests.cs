using GripProxy.Holds.Resuming;
using GripProxy.Protocol;

namespace GripProxy.Holds.Tests.Resuming;

public sealed class EventIdsTests
{
    private static readonly Position One = new("k3f9x2qd7m1a", 17);
    private static readonly Position Two = new("aaaaaaaaaaaa", 0);

    [Fact]
    public void Write_OneChannel_IsItsPosition() => Assert.Equal("k3f9x2qd7m1a-17", EventIds.Write([("12345678", One)]));

    [Fact]
    public void Write_SeveralChannels_NamesEachByItsHash() =>
        Assert.Equal(
            $"{EventIds.KeyOf("a")}:k3f9x2qd7m1a-17,{EventIds.KeyOf("b")}:aaaaaaaaaaaa-0",
            EventIds.Write([(EventIds.KeyOf("a"), One), (EventIds.KeyOf("b"), Two)]));

    [Fact]
    public void KeyOf_Channel_IsTheBeginningOfItsSha256() => Assert.Equal("ca978112", EventIds.KeyOf("a"));

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        Assert.Equal(One, EventIds.Read(One.ToString(), ["a"])!["a"]);
        var read = EventIds.Read(EventIds.Write([(EventIds.KeyOf("a"), One), (EventIds.KeyOf("b"), Two)]), ["a", "b"])!;
        Assert.Equal((One, Two), (read["a"], read["b"]));
    }

    [Fact]
    public void Read_OneElementOfSeveralChannels_LeavesTheOthersOut()
    {
        var read = EventIds.Read($"{EventIds.KeyOf("b")}:{Two}", ["a", "b"])!;
        Assert.Equal(Two, Assert.Single(read).Value);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("k3f9x2qd7m1a-")]
    [InlineData("k3f9x2qd7m1a-+1")]
    [InlineData("K3f9x2qd7m1a-1")]
    [InlineData("k3f9x2qd7m1a-99999999999999999999")]
    [InlineData("00000000:k3f9x2qd7m1a-1")]
    [InlineData("ca978112:k3f9x2qd7m1a-1,00000000:k3f9x2qd7m1a-1")]
    [InlineData(",")]
    public void Read_SomethingElse_IsUnknown(string text) => Assert.Null(EventIds.Read(text, ["a"]));

    [Fact]
    public void Read_OnePositionForSeveralChannels_IsUnknown() => Assert.Null(EventIds.Read(One.ToString(), ["a", "b"]));

    [Fact]
    public void Read_TooLong_IsUnknown() =>
        Assert.Null(EventIds.Read(string.Join(',', Enumerable.Repeat($"ca978112:{One}", 100)), ["a"]));
}
