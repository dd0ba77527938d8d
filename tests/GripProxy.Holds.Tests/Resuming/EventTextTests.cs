using System.Text;
using GripProxy.Holds.Resuming;

namespace GripProxy.Holds.Tests.Resuming;

public sealed class EventTextTests
{
    [Theory]
    [InlineData("data: a\n\n", "id: P\ndata: a\n\n")]
    [InlineData("data: a\r\n\r\n", "id: P\ndata: a\r\n\r\n")]
    [InlineData("data: a\r\r", "id: P\ndata: a\r\r")]
    [InlineData("data: a\n\ndata: b\n\n", "data: a\n\nid: P\ndata: b\n\n")]
    [InlineData("data: a\n\nevent: e\ndata: b\ndata: c\n\n", "data: a\n\nid: P\nevent: e\ndata: b\ndata: c\n\n")]
    [InlineData("data: a\n\n\n\n", "id: P\ndata: a\n\n\n\n")]
    [InlineData("id: 1\ndata: a\n\nid:2\ndata: b\nid\n\n", "data: a\n\nid: P\ndata: b\n\n")]
    [InlineData("data: id: 1\nidea: x\n\n", "id: P\ndata: id: 1\nidea: x\n\n")]
    [InlineData("\n", "id: P\n\n")]
    [InlineData(": ping\n\n", "id: P\n: ping\n\n")]
    public void WithId_ContentThatEndsAnEvent_HasTheIdBeforeTheLastOne(string content, string expected) => Assert.Equal(expected, Write(content));

    [Theory]
    [InlineData("data: a\n", "data: a\n")]
    [InlineData("data: a", "data: a")]
    [InlineData("id: 1\ndata: a\n\ndata: b\n", "data: a\n\ndata: b\n")]
    [InlineData("data: a\n\ndata: b", "data: a\n\ndata: b")]
    [InlineData("", "")]
    public void WithId_ContentThatEndsNoEvent_HasNone(string content, string expected) => Assert.Equal(expected, Write(content));

    private static string Write(string content) => Encoding.UTF8.GetString(EventText.WithId(Encoding.UTF8.GetBytes(content), "P").Span);
}
