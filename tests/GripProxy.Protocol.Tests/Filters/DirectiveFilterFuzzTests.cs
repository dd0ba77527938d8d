using System.Text;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Tests.Json;

namespace GripProxy.Protocol.Tests.Filters;

public sealed class DirectiveFilterFuzzTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(@"%I %% %(a)I %(user)s %(\)\\)I zoë %(user)I%(%)I");

    [Fact]
    public void Run_SpoiltContent_NeverThrowsAndPiecesMakeNoDifference()
    {
        var mutation = new Mutation(seed: 11);
        var input = FilterFixture.Input(FilterFixture.Subject(("user", "u"), ("id_format", "%(a)s")), ("a", "1"));
        for (var i = 0; i < 20_000; i++)
        {
            var content = mutation.Spoil(Content);
            var whole = FilterChain.Run(FilterKind.BuildId, input, content);
            var filter = BuildIdFilter.ForMessage(input).Filter!;
            var pieces = FilterFixture.Run(filter, content, 1 + (i % 5));
            Assert.Equal(whole.Error is { } error ? "!" + error : Encoding.UTF8.GetString(whole.Content.Span), pieces);
            FilterChain.Run(FilterKind.VarSubst, input, content);
        }
    }
}
