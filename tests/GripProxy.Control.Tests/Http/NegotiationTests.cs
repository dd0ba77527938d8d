using GripProxy.Control.Http;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Tests.Http;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData("text/plain", "Text")]
    [InlineData("text/*", "Text")]
    [InlineData("*/*", "Text")]
    [InlineData("*", "Text")]
    [InlineData("application/json", "Json")]
    [InlineData("application/*", "Json")]
    [InlineData("text/html, application/json;q=0.1, image/png", "Json")]
    [InlineData("application/json, */*", "Text")]
    [InlineData("*/* , application/json ; charset=utf-8", "Json")]
    [InlineData("Application/JSON", "Json")]
    public void Choose_RecognisedElement_LastOneWins(string accept, string expected) =>
        Assert.Equal(expected, Negotiation.Choose(accept).ToString());

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml, image/*")]
    [InlineData("")]
    [InlineData(",,;")]
    public void Choose_NothingRecognised_IsNull(string accept) => Assert.Null(Negotiation.Choose(accept));

    [Fact]
    public void Choose_NoHeader_IsText() => Assert.Equal(ReplyFormat.Text, Negotiation.Choose(StringValues.Empty));

    [Fact]
    public void Choose_SeveralLines_AreOneList() =>
        Assert.Equal(ReplyFormat.Json, Negotiation.Choose(new StringValues(["text/plain", "application/json"])));
}
