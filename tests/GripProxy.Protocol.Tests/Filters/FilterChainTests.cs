using GripProxy.Protocol.Filters;

namespace GripProxy.Protocol.Tests.Filters;

public sealed class FilterChainTests
{
    [Theory]
    [InlineData("alice", "alice", true)]
    [InlineData("alice", "bob", false)]
    [InlineData("alice", null, false)]
    [InlineData(null, "alice", false)]
    [InlineData("", "", false)]
    public void SkipSelf_SenderAndUser_DropsEqualOnes(string? user, string? sender, bool dropped) =>
        Assert.Equal(dropped, IsDropped("skip-self", user, "sender", sender));

    [Theory]
    [InlineData("alice", "bob, alice ,carol", true)]
    [InlineData("alice", "alice", true)]
    [InlineData("alice", "alicea,lice", false)]
    [InlineData("alice", "Alice", false)]
    [InlineData("", ",,", false)]
    [InlineData(null, "alice", false)]
    [InlineData("alice", null, false)]
    public void SkipUsers_List_DropsTheUsersInIt(string? user, string? list, bool dropped) =>
        Assert.Equal(dropped, IsDropped("skip-users", user, "skip_users", list));

    [Theory]
    [InlineData("b", false)]
    [InlineData("c", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void RequireSub_Channel_DropsUnlessTheConnectionHasIt(string? channel, bool dropped) =>
        Assert.Equal(dropped, IsDropped("require-sub", user: null, "require_sub", channel));

    [Fact]
    public void Of_UnknownNames_AreIgnored()
    {
        Assert.Null(FilterChain.Of(["Skip-Self", "no-such"]));
        var chain = FilterChain.Of(["no-such", "var-subst"])!;
        Assert.Equal([FilterKind.VarSubst], chain.Rest);
    }

    [Fact]
    public void Of_OnlyCheapFilters_LeavesNothingToRunLater()
    {
        var chain = FilterChain.Of(["skip-self", "require-sub"])!;
        Assert.Empty(chain.Rest);
        Assert.Empty(chain.ContentFilters);
        Assert.False(chain.NeedsPrevIds || chain.AsksOrigin);
    }

    [Fact]
    public void Of_CheapFilterBehindOneThatAsks_KeepsItsPlace()
    {
        var chain = FilterChain.Of(["build-id", "skip-self", "http-check", "skip-users"])!;
        Assert.Equal([FilterKind.BuildId, FilterKind.HttpCheck, FilterKind.SkipUsers], chain.Rest);
        var meta = FilterFixture.Map(("sender", "u"), ("skip_users", "u"));
        Assert.Equal(FilterKind.SkipSelf, chain.FindDrop(FilterFixture.Subject(("user", "u")), meta));
    }

    [Fact]
    public void Of_ContentFilters_AreNamedInOrder() =>
        Assert.Equal(["http-modify", "build-id", "var-subst"], FilterChain.Of(["http-modify", "skip-self", "build-id", "http-check", "var-subst"])!.ContentFilters);

    [Fact]
    public void Run_CheapFilter_Drops()
    {
        var input = FilterFixture.Input(FilterFixture.Subject(("user", "u"))) with { PublishMeta = FilterFixture.Map(("skip_users", "u")) };
        Assert.Equal(FilterKind.SkipUsers, FilterChain.Run(FilterKind.SkipUsers, input, default).DroppedBy);
    }

    [Fact]
    public void FindDrop_NothingDropped_AllocatesNothing()
    {
        var chain = FilterChain.Of(["skip-self", "skip-users", "require-sub"])!;
        var subject = FilterFixture.Subject(("user", "u"));
        var meta = FilterFixture.Map(("sender", "v"), ("skip_users", "w, x"), ("require_sub", "b"));
        chain.FindDrop(subject, meta);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            chain.FindDrop(subject, meta);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Get_SameKnownNames_SharesOneChain()
    {
        var chains = new FilterChains();
        Assert.Same(chains.Get(["skip-self", "var-subst"]), chains.Get(["skip-self", "no-such", "var-subst"]));
        Assert.NotSame(chains.Get(["skip-self", "var-subst"]), chains.Get(["var-subst", "skip-self"]));
        Assert.Null(chains.Get(["no-such"]));
        Assert.Null(chains.Get([]));
    }

    [Fact]
    public void Fits_ContentFilters_MustBeEqualInOrder()
    {
        var chain = FilterChain.Of(["build-id", "skip-self", "var-subst"]);
        Assert.True(ContentFilterList.Fits(chain, named: null));
        Assert.True(ContentFilterList.Fits(chain, ["build-id", "var-subst"]));
        Assert.False(ContentFilterList.Fits(chain, ["var-subst", "build-id"]));
        Assert.False(ContentFilterList.Fits(chain, ["build-id"]));
        Assert.False(ContentFilterList.Fits(chain, []));
        Assert.True(ContentFilterList.Fits(chain: null, []));
        Assert.False(ContentFilterList.Fits(chain: null, ["build-id"]));
    }

    [Fact]
    public void DescribeMismatch_BothLists_JoinedByCommas() => Assert.Equal(
        "content filter mismatch: subscription=build-id,var-subst message=x",
        ContentFilterList.DescribeMismatch(FilterChain.Of(["build-id", "var-subst"]), ["x"]));

    private static bool IsDropped(string filter, string? user, string key, string? value)
    {
        var subject = user is null ? FilterFixture.Subject() : FilterFixture.Subject(("user", user));
        var meta = value is null ? FilterFixture.Nothing : FilterFixture.Map((key, value));
        return FilterChain.Of([filter])!.FindDrop(subject, meta) is not null;
    }
}
