namespace GripProxy.Origin.Tests;

public sealed class ServerSentEventTests
{
    [Theory]
    [InlineData("one", null, null, "data: one\n\n")]
    [InlineData("one\ntwo\r\nthree\rfour", "news", "7", "id: 7\nevent: news\ndata: one\ndata: two\ndata: three\ndata: four\n\n")]
    [InlineData("", null, null, "data: \n\n")]
    public void Write_Text_CannotEndTheEvent(string data, string? name, string? id, string expected) =>
        Assert.Equal(expected, ServerSentEvent.Write(data, name, id));

    [Theory]
    [InlineData("a\nb", null)]
    [InlineData(null, "a\rb")]
    [InlineData(null, "a\0b")]
    public void Write_FieldOfTwoLines_IsRefused(string? name, string? id) =>
        Assert.Throws<ArgumentException>(() => ServerSentEvent.Write("x", name, id));
}
