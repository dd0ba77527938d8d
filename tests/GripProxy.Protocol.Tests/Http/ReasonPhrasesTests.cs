using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Tests.Http;

public sealed class ReasonPhrasesTests
{
    [Theory]
    [InlineData(200, "OK")]
    [InlineData(201, "Created")]
    [InlineData(304, "Not Modified")]
    [InlineData(404, "Not Found")]
    [InlineData(413, "Request Entity Too Large")]
    [InlineData(414, "Request-URI Too Long")]
    [InlineData(416, "Requested Range Not Satisfiable")]
    [InlineData(503, "Service Unavailable")]
    [InlineData(299, "Undefined Reason")]
    [InlineData(0, "Undefined Reason")]
    [InlineData(999, "Undefined Reason")]
    public void Get_Code_GivesStandardPhrase(int code, string phrase) => Assert.Equal(phrase, ReasonPhrases.Get(code));
}
