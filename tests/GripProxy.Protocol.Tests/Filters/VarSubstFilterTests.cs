using System.Text;
using GripProxy.Protocol.Filters;

namespace GripProxy.Protocol.Tests.Filters;

public sealed class VarSubstFilterTests
{
    private static readonly FilterInput Input = FilterFixture.Input(FilterFixture.Subject(("user", "zoë"), ("a)b", "x"), ("empty", "")));

    [Theory]
    [InlineData("hi %(user)s, 100%%", "hi zoë, 100%")]
    [InlineData("%(user)s%(user)s", "zoëzoë")]
    [InlineData("[%(empty)s]", "[]")]
    [InlineData(@"%(a\)b)s %(\u\ser)s", "x zoë")]
    [InlineData("", "")]
    public void Run_Template_IsFilledIn(string content, string expected) => Assert.Equal(expected, FilterFixture.Run(FilterKind.VarSubst, Input, content));

    [Theory]
    [InlineData("%(nobody)s", "!Unknown variable 'nobody'")]
    [InlineData("%s", "!Unknown directive 's'")]
    [InlineData("%(user)I", "!Unknown directive 'I'")]
    [InlineData("%(user)%", "!Unknown directive '%'")]
    [InlineData("100%", "!Content ends inside a directive")]
    [InlineData("%(user", "!Content ends inside a directive")]
    [InlineData("%(user)", "!Content ends inside a directive")]
    [InlineData("% ", "!Unknown directive 0x20")]
    public void Run_WrongTemplate_IsAnError(string content, string expected) => Assert.Equal(expected, FilterFixture.Run(FilterKind.VarSubst, Input, content));

    [Fact]
    public void Run_NoDirective_SharesTheContent()
    {
        ReadOnlyMemory<byte> content = "plain"u8.ToArray();
        Assert.True(content.Equals(FilterChain.Run(FilterKind.VarSubst, Input, content).Content));
    }

    [Fact]
    public void Run_LongValueOftenRepeated_IsAnErrorBeforeItFillsTheMemory()
    {
        var input = FilterFixture.Input(FilterFixture.Subject(("v", new string('x', 100_000))));
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("%(v)s", 100_000)));
        Assert.Equal("Filtered content is too long", FilterChain.Run(FilterKind.VarSubst, input, content).Error);
    }

    [Fact]
    public void Run_EndlessArgument_IsAnError() =>
        Assert.Equal("!Directive argument is too long", FilterFixture.Run(FilterKind.VarSubst, Input, "%(" + new string('x', 20_000)));
}
