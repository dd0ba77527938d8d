using System.Text;
using GripProxy.Control.Zmtp.Sockets;

namespace GripProxy.Control.Tests.Zmtp.Sockets;

public sealed class TopicSetTests
{
    private readonly TopicSet _topics = new();

    [Theory]
    [InlineData("sub ", "sub T1", true)]
    [InlineData("", "anything", true)]
    [InlineData("sub ", "sub", false)]
    [InlineData("sub ", "conn T1", false)]
    public void Matches_ByBeginning(string topic, string message, bool matches)
    {
        _topics.TryAdd(Bytes(topic));
        Assert.Equal(matches, _topics.Matches(Bytes(message)));
    }

    [Theory]
    [InlineData("sub ", "sub ", true)]
    [InlineData("", "sub ", true)]
    [InlineData("s", "sub ", true)]
    [InlineData("sub T9", "sub ", true)]
    [InlineData("conn ", "sub ", false)]
    [InlineData("subs", "sub ", false)]
    public void Reaches_WhatBeginsSo(string topic, string beginning, bool reaches)
    {
        _topics.TryAdd(Bytes(topic));
        Assert.Equal(reaches, _topics.Reaches(Bytes(beginning)));
    }

    [Fact]
    public void Remove_AskedForTwice_StaysOnce()
    {
        _topics.TryAdd("a"u8);
        _topics.TryAdd("a"u8);
        _topics.Remove("a"u8);
        Assert.True(_topics.Matches("a"u8));
        _topics.Remove("a"u8);
        Assert.False(_topics.Matches("a"u8));
    }

    [Fact]
    public void TryAdd_TooMany_IsFalse()
    {
        for (var i = 0; i < 1000; i++)
            Assert.True(_topics.TryAdd(Bytes($"{i}")));
        Assert.False(_topics.TryAdd("one more"u8));
        Assert.True(_topics.TryAdd("7"u8));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
