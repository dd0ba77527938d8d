using GripProxy.Protocol.Routes;

namespace GripProxy.Protocol.Tests.Routes;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("a.example", "a:1")]
    [InlineData("A.EXAMPLE", "a:1")]
    [InlineData("other.example", "star:1")]
    [InlineData("", "star:1")]
    [InlineData("*.wild.example", "wild:1")]
    [InlineData("x.wild.example", "star:1")]
    public void Find_Host_IsExactInAnyLetterCaseElseTheDefault(string host, string expected)
    {
        Assert.Equal(expected, Find("a.example a:1\n* star:1\n*.wild.example wild:1", host));
    }

    [Theory]
    [InlineData("x.wild.example", "wild:1")]
    [InlineData("X.Y.Wild.Example", "wild:1")]
    [InlineData("z.deep.wild.example", "deep:1")]
    [InlineData("own.wild.example", "own:1")]
    [InlineData("wild.example", "star:1")]
    [InlineData("notwild.example", "star:1")]
    [InlineData(".wild.example", "star:1")]
    [InlineData("x.", "star:1")]
    [InlineData("", "star:1")]
    public void Find_Wildcards_MeanEveryHostBelowThatHasNoRoutesOfItsOwn(string host, string expected)
    {
        var routes = RouteFileReader.Read("*.wild.example wild:1\n*.deep.wild.example deep:1\nown.wild.example own:1\n* star:1", "routes", ".", []);

        Assert.Equal(expected, new RouteTable(routes, wildcards: true).Find(host, "/", RouteProtocol.Http, ssl: false)?.Targets[0].Display);
    }

    [Fact]
    public void Find_HostWithRoutesThatDoNotMatch_DoesNotFallBackToTheDefault()
    {
        Assert.Null(Find("a.example,path_beg=/x a:1\n* star:1", "a.example", "/y"));
    }

    [Fact]
    public void Find_NoDefault_IsNull()
    {
        Assert.Null(Find("a.example a:1", "b.example"));
        Assert.Null(RouteTable.Empty.Find("a", "/", RouteProtocol.Http, ssl: false));
    }

    [Theory]
    [InlineData("/a/b/c", "ab:1")]
    [InlineData("/a/bc", "ab:1")]
    [InlineData("/a/x", "a:1")]
    [InlineData("/A/b", "any:1")]
    [InlineData("/", "any:1")]
    public void Find_PathBeg_LongestPlainPrefixWinsInAnyOrder(string path, string expected)
    {
        Assert.Equal(expected, Find("* any:1\n*,path_beg=/a/b ab:1\n*,path_beg=/a/ a:1", "h", path));
    }

    [Theory]
    [InlineData(RouteProtocol.Http, false, "path:1")]
    [InlineData(RouteProtocol.WebSocket, false, "ws:1")]
    [InlineData(RouteProtocol.WebSocket, true, "ws:1")]
    [InlineData(RouteProtocol.Http, true, "pathssl:1")]
    public void Find_SeveralMatches_ProtoBeatsPathBeatsSsl(RouteProtocol protocol, bool ssl, string expected)
    {
        const string Routes = "*,ssl=yes ssl:1\n*,path_beg=/a path:1\n*,path_beg=/a,ssl=yes pathssl:1\n*,proto=ws ws:1";

        Assert.Equal(expected, Find(Routes, "h", "/a", protocol, ssl));
    }

    [Fact]
    public void Find_EquallySpecific_EarlierWins()
    {
        var problems = new List<Protocol.Configuration.ConfigProblem>();
        var first = RouteFileReader.ReadLines(["* one:1"], ".", problems);
        var second = RouteFileReader.ReadLines(["* two:1"], ".", problems);

        Assert.Same(first[0], new RouteTable([.. first, .. second]).Find("h", "/", RouteProtocol.Http, ssl: false));
    }

    [Fact]
    public void Find_DomainlessRoute_IsNotReachableByHost()
    {
        Assert.Null(Find(",id=x a:1", ""));
    }

    [Fact]
    public void FindById_ExplicitAndGeneratedIds_AreFound()
    {
        var table = Table("a.example,id=x a:1\n,id=y b:1\n*,path_beg=/p c:1");

        Assert.Equal("a:1", table.FindById("x")?.Targets[0].Display);
        Assert.Equal("b:1", table.FindById("y")?.Targets[0].Display);
        Assert.Equal("c:1", table.FindById("*,*,*,/p")?.Targets[0].Display);
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void FindById_UnknownOrUsedTwice_IsNull()
    {
        var table = Table("a,id=x a:1\nb,id=x b:1");

        Assert.Null(table.FindById("x"));
        Assert.Null(table.FindById("z"));
        Assert.Equal("b:1", table.Find("b", "/", RouteProtocol.Http, ssl: false)?.Targets[0].Display);
    }

    [Fact]
    public void Find_OnTheHotPath_AllocatesNothing()
    {
        var table = Table("a.example,path_beg=/x a:1\na.example b:1\n* c:1");
        Assert.NotNull(table.Find("A.example", "/y", RouteProtocol.Http, ssl: false));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            table.Find("A.example", "/y", RouteProtocol.Http, ssl: false);
            table.Find("other", "/y", RouteProtocol.Http, ssl: false);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string? Find(string routes, string host, string path = "/", RouteProtocol protocol = RouteProtocol.Http, bool ssl = false) =>
        Table(routes).Find(host, path, protocol, ssl)?.Targets[0].Display;

    private static RouteTable Table(string routes) => new(RouteFileReader.Read(routes, "routes", ".", []));
}
