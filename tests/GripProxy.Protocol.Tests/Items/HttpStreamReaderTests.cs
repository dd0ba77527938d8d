using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class HttpStreamReaderTests
{
    [Theory]
    [InlineData("{}", "'http-stream' does not contain 'content' or 'content-bin'")]
    [InlineData("""{"content":5}""", "'http-stream' contains 'content' with wrong type")]
    [InlineData("""{"content-bin":5}""", "'http-stream' contains 'content-bin' with wrong type")]
    [InlineData("""{"content":"x","content-filters":"a"}""", "'http-stream' contains 'content-filters' with wrong type")]
    [InlineData("""{"content":"x","content-filters":[1]}""", "content-filters contains element with wrong type")]
    [InlineData("""{"content":"x","content-filters":["\ud800"]}""", "content-filters contains element with invalid value")]
    public void Read_InvalidFormat_NamesTheProblem(string members, string error) => Assert.Equal(error, Bad(Wrap("http-stream", members)));

    [Theory]
    [InlineData("""{"content":""}""", "")]
    [InlineData("""{"content":"plain"}""", "plain")]
    [InlineData("""{"content":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00ü"}""", "\"\\/\b\f\n\r\tä😀ü")]
    [InlineData("""{"content":"a\ud83dz\ude00\ud83d"}""", "a\uFFFDz\uFFFD\uFFFD")]
    [InlineData("""{"content":"x","content-bin":"aGk="}""", "hi")]
    [InlineData("""{"content-bin":"P\/8"}""", "?\uFFFD")]
    [InlineData("""{"content-bin":"a-G_k!!"}""", "hi")]
    [InlineData("""{"content-bin":"!!!"}""", "")]
    [InlineData("""{"content-bin":"a G\nk=\n"}""", "hi")]
    public void Read_Content_BecomesBytes(string members, string text) => Assert.Equal(text, Text(Stream(members).Content));

    [Fact]
    public void Read_Close_NeedsNoContent() => Assert.Equal(0, Stream("""{"action":"close","content":"x"}""").Content.Length);
}
