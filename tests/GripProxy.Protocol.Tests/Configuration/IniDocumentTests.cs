using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class IniDocumentTests
{
    private readonly List<ConfigProblem> _problems = [];

    [Theory]
    [InlineData("k=v", "v")]
    [InlineData("k = v ", "v")]
    [InlineData("k=", "")]
    [InlineData("k=a=b", "a=b")]
    [InlineData("k=a ; rest", "a")]
    [InlineData("k=a;rest", "a")]
    [InlineData("k=a#b", "a#b")]
    [InlineData("k=\"a;b\" ; rest", "a;b")]
    [InlineData("k=\" a \"", " a ")]
    [InlineData("k=a\"b;c\"d", "ab;cd")]
    [InlineData("k=\"say \\\"hi\\\"\"", "say \"hi\"")]
    [InlineData("k=a\\\\b\\tc\\x41", "a\\b\tcA")]
    [InlineData("k=a, b", "a, b")]
    public void Parse_Value_IsDecoded(string line, string expected)
    {
        var entry = Assert.Single(Parse("[s]\n" + line).Entries);

        Assert.Equal(("s", "k", expected, 2), (entry.Section, entry.Key, entry.Value.Text, entry.Line));
        Assert.Empty(_problems);
    }

    [Fact]
    public void Parse_List_SplitsAtCommasOutsideQuotesAndDropsEmptyElements()
    {
        var entry = Assert.Single(Parse("[s]\nk=a, \"b,c\",, d ").Entries);

        Assert.Equal(["a", "b,c", "d"], entry.Value.Elements);
    }

    [Fact]
    public void Parse_CommentsBlankLinesAndByteOrderMark_AreSkipped()
    {
        var document = Parse("\uFEFF# one\r\n; two\r\n\r\n  # three\r\n[s]\r\nk=v\r\n");

        Assert.Equal(6, Assert.Single(document.Entries).Line);
        Assert.Empty(_problems);
    }

    [Fact]
    public void Parse_SectionAndKeyNames_KeepTheirCase()
    {
        var document = Parse("[issuer:My:Realm]\nKey=v");

        Assert.Equal("issuer:My:Realm", Assert.Single(document.Sections).Name);
        Assert.Equal("Key", Assert.Single(document.Entries).Key);
    }

    [Fact]
    public void Parse_BackslashAtLineEnd_ContinuesTheValue()
    {
        var document = Parse("[s]\na=1,\\\n  2\nb=3");

        Assert.Equal(["1,2", "3"], document.Entries.Select(entry => entry.Value.Text));
        Assert.Equal([2, 4], document.Entries.Select(entry => entry.Line));
    }

    [Theory]
    [InlineData("[s]\nnonsense", "f:2: this line is skipped: expected key=value, [section] or a comment")]
    [InlineData("[s]\n=v", "f:2: this line is skipped: expected key=value, [section] or a comment")]
    [InlineData("k=v", "f:1: 'k' stands before the first [section] and is not used")]
    [InlineData("[s", "f:1: ']' is missing at the end of the section name")]
    [InlineData("[s] x", "f:1: text after the section name is not used")]
    [InlineData("[s]\nk=\"a", "f:2: a quote is not closed: expected \" before the end of the line")]
    [InlineData("[s]\nk=\\q", "f:2: unknown escape \\q is kept as it is; a backslash is written \\\\")]
    [InlineData("[s]\nk=\\xg", "f:2: \\x is kept as it is: expected hexadecimal digits after it")]
    public void Parse_LineThatFitsNowhere_IsAWarning(string text, string expected)
    {
        Parse(text);

        var problem = Assert.Single(_problems);
        Assert.Equal(ConfigSeverity.Warning, problem.Severity);
        Assert.Equal(expected, problem.ToString());
    }

    private IniDocument Parse(string text) => IniDocument.Parse(text, "f", _problems);
}
