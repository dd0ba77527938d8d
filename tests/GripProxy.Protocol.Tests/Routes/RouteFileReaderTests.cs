using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Routes;

namespace GripProxy.Protocol.Tests.Routes;

public sealed class RouteFileReaderTests
{
    private readonly List<ConfigProblem> _problems = [];

    [Fact]
    public void Read_CommentsBlankLinesAndTabs_AreNoObstacle()
    {
        var routes = Read("\uFEFF# comment\r\n\r\n   \r\n*\t localhost:80 # comment\r\na.example host:1#comment\r\n");

        Assert.Equal(["* localhost:80", "a.example host:1"], routes.Select(route => $"{route.Domain} {route.Targets[0].Display}"));
        Assert.Equal(["routes:4", "routes:5"], routes.Select(route => route.Origin));
        Assert.All(routes, route => Assert.Equal("/base", route.BaseDirectory));
        Assert.Empty(_problems);
    }

    [Theory]
    [InlineData("justdomain", "must specify condition and at least one target: expected a line such as: * localhost:8000")]
    [InlineData("*,header=\"X: a host:80", "unterminated quoted section: expected another \" before the end of the line")]
    [InlineData("*,header=\"X: a\\", "unterminated escape sequence")]
    [InlineData("*,header=\"X: \\n\" host:80", "unexpected escape character: n")]
    [InlineData("*, host:80", "expecting prop: expected name or name=value after the comma")]
    [InlineData("* host:80,", "expecting prop: expected name or name=value after the comma")]
    [InlineData("* host:80,#", "expecting prop: expected name or name=value after the comma")]
    [InlineData("*,=x host:80", "empty prop name: expected name or name=value after the comma")]
    [InlineData("*,,debug host:80", "empty prop name: expected name or name=value after the comma")]
    [InlineData("=x host:80", "empty prop name: expected name or name=value after the comma")]
    [InlineData("* host", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* :80", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* ::1:80", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* []:80", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* http://host:80", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* ssl=yes", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* host:", "target invalid port: expected a number from 1 to 65535 after the colon")]
    [InlineData("* host:0", "target invalid port: expected a number from 1 to 65535 after the colon")]
    [InlineData("* host:65536", "target invalid port: expected a number from 1 to 65535 after the colon")]
    [InlineData("* host:+80", "target invalid port: expected a number from 1 to 65535 after the colon")]
    [InlineData("* host:80 other", "target bad format: expected host:port, such as localhost:8000")]
    [InlineData("* zhttp/tcp://127.0.0.1:10000", "zhttp and zhttpreq targets are not supported: expected host:port of an HTTP server, or test")]
    [InlineData("* zhttpreq/tcp://127.0.0.1:10000", "zhttp and zhttpreq targets are not supported: expected host:port of an HTTP server, or test")]
    [InlineData("*,proto=ftp host:80", "proto must be set to 'http' or 'ws'")]
    [InlineData("*,proto host:80", "proto must be set to 'http' or 'ws'")]
    [InlineData("*,ssl=maybe host:80", "ssl must be set to 'yes' or 'no'")]
    [InlineData("*,ssl host:80", "ssl must be set to 'yes' or 'no'")]
    [InlineData("*,path_beg= host:80", "path_beg cannot be empty: expected the beginning of a path, such as /api/")]
    [InlineData("*,path_rem=x host:80", "path_rem must be a whole number of 0 or more")]
    [InlineData("*,header=X host:80", "header must use format 'name:value'")]
    [InlineData("*,header=:x host:80", "header must use format 'name:value'")]
    [InlineData("*,header=\"X Y: x\" host:80", "header must use format 'name:value'")]
    [InlineData("*,header=\"X: a\0b\" host:80", "header must use format 'name:value'")]
    [InlineData("*,jsonp_mode=odd host:80", "jsonp_mode must be set to 'basic' or 'extended'")]
    [InlineData("*,log_level=5 host:80", "log_level must be set to 0, 1, 2, 3 or 4")]
    [InlineData("*,ingest=1 host:80", "ingest must be set to 'true' or 'false'")]
    [InlineData(",debug host:80", "this route cannot be reached: expected a domain, *, or id=<id>")]
    public void Read_BadLine_IsSkippedWithAWarningAndTheOthersLoad(string line, string text)
    {
        var routes = Read($"a test\n{line}\nb test");

        Assert.Equal(["a", "b"], routes.Select(route => route.Domain));
        var problem = Assert.Single(_problems);
        Assert.Equal((ConfigSeverity.Warning, "routes:2: " + text), (problem.Severity, problem.ToString()));
    }

    [Theory]
    [InlineData("*,no_such host:80", "unknown option 'no_such' is not used")]
    [InlineData("*,path_begin=/a host:80", "unknown option 'path_begin' is not used; did you mean 'path_beg'?")]
    [InlineData("* host:80,over_htp", "unknown option 'over_htp' is not used; did you mean 'over_http'?")]
    [InlineData("*,over_http host:80", "option 'over_http' is not used here; it belongs after a target")]
    [InlineData("* host:80,path_beg=/a", "option 'path_beg' is not used here; it belongs after the domain")]
    [InlineData("*,debug=false host:80", "option 'debug' takes no value; it is set")]
    [InlineData("* host:80,ssl=yes", "option 'ssl' takes no value; it is set")]
    [InlineData("* host:80,sub", "option 'sub' is not used here: expected sub=<channel>")]
    [InlineData("* host:80,ipc_file_mode=600", "option 'ipc_file_mode' is not used: it belongs to zhttp targets, which are not supported")]
    public void Read_OptionThatDoesNotFit_IsAWarningAndTheRouteLoads(string line, string text)
    {
        Assert.Single(Read(line));

        Assert.Equal("routes:1: " + text, Assert.Single(_problems).ToString());
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("API.Example.com", "api.example.com")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("id=abc", "")]
    [InlineData(",id=abc", "")]
    [InlineData("\"quo ted\"", "quo ted")]
    public void Read_Domain_IsTheInitialValueInLowerCase(string condition, string domain)
    {
        Assert.Equal(domain, Assert.Single(Read(condition + " host:80")).Domain);
    }

    [Fact]
    public void Read_Quotes_KeepSeparatorsAndEscapes()
    {
        var route = Assert.Single(Read("*,header=\"X-A: a, b = \\\"c\\\" # \\\\\",prefix=a\" \"b=c host:80"));

        Assert.Equal(new HeaderField("X-A", "a, b = \"c\" # \\"), Assert.Single(route.Headers));
        Assert.Equal("a b=c", route.ChannelPrefix);
    }

    [Fact]
    public void Read_MatchingOptions_AreKept()
    {
        var route = Assert.Single(Read("*,proto=ws,ssl=no,id=x,path_beg=/a/ host:80"));

        Assert.Equal((RouteProtocol.WebSocket, false, "x", "/a/"), (route.Protocol, route.Ssl, route.ExplicitId, route.PathBegin));
        Assert.Equal("x", route.Id);
    }

    [Fact]
    public void Read_IdAbsent_IsGenerated()
    {
        var routes = Read("* host:80\na.example,proto=http,ssl=yes,path_beg=/p host:80\nb.example,ssl=no host:80");

        Assert.Equal(["*,*,*,*", "a.example,http,ssl,/p", "b.example,*,no-ssl,*"], routes.Select(route => route.Id));
    }

    [Theory]
    [InlineData("path_rem=3", 3, null)]
    [InlineData("path_beg=/old/,replace_beg=/new/", 5, "/new/")]
    [InlineData("replace_beg=,path_rem=2,path_beg=/ab", 3, "")]
    [InlineData("replace_beg=/x", 0, "/x")]
    public void Read_PathRewriting_ReplaceBegSetsTheRemoval(string options, int remove, string? replace)
    {
        var route = Assert.Single(Read($"*,{options} host:80"));

        Assert.Equal((remove, replace), (route.PathRemove, route.ReplaceBegin));
    }

    [Fact]
    public void Read_SettingOptions_AreKept()
    {
        var route = Assert.Single(Read(
            "*,as_host=h:1,sig_iss=i,sig_key=base64:AA==,prefix=p-,orig_headers,debug,aco,sockjs=/s,sockjs_as_path=/w,no_grip,log_level=3,ingest=true host:80"));

        Assert.Equal(("h:1", "i", "base64:AA==", "p-"), (route.AsHost, route.SigIssuer, route.SigKey, route.ChannelPrefix));
        Assert.True(route.OriginalHeaders && route.Debug && route.AutoCrossOrigin && route.NoGrip && route.Ingest);
        Assert.Equal(("/s", "/w", 3), (route.SockJs, route.SockJsAsPath, route.LogLevel));
        Assert.Empty(_problems);
    }

    [Fact]
    public void Read_Session_IsWarnedAbout()
    {
        Assert.Single(Read("*,session host:80"));

        Assert.Contains("option 'session' has no effect", Assert.Single(_problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EmptyValues_AreAsAbsent()
    {
        var route = Assert.Single(Read("*,id=,as_host,sig_iss=,sig_key=,sockjs= host:80,host=,client_cert"));

        string?[] values =
        [
            route.ExplicitId, route.AsHost, route.SigIssuer, route.SigKey, route.SockJs, route.Targets[0].HostHeader, route.Targets[0].ClientCertificate,
        ];
        Assert.All(values, Assert.Null);
    }

    [Fact]
    public void Read_Headers_AreAllKeptWithValuesTrimmedAsBytes()
    {
        var route = Assert.Single(Read("*,header=X-A:one,header=\"X-B:  two \",header=X-C:,header=\"X-D: é\" host:80"));

        Assert.Equal(
            [new("X-A", "one"), new("X-B", "two"), new("X-C", ""), new("X-D", "Ã©")],
            route.Headers);
    }

    [Theory]
    [InlineData("debug", JsonpMode.Extended, "callback", null, null, "GET")]
    [InlineData("jsonp_mode=basic", JsonpMode.Basic, "callback", null, null, "POST")]
    [InlineData("jsonp_defmethod=PUT,jsonp_mode=basic,jsonp_cb=cb,jsonp_body=b,jsonp_defcb=d", JsonpMode.Basic, "cb", "b", "d", "PUT")]
    public void Read_Jsonp_HasTheDefaultsOfItsMode(string options, JsonpMode mode, string callback, string? body, string? defaultCallback, string method)
    {
        var route = Assert.Single(Read($"*,{options} host:80"));

        Assert.Equal(new JsonpConfig(mode, callback, body, defaultCallback, method), route.Jsonp);
    }

    [Fact]
    public void Read_RepeatedSingleOption_LastCounts()
    {
        Assert.Equal("b", Assert.Single(Read("*,prefix=a,prefix=b host:80")).ChannelPrefix);
    }

    [Fact]
    public void Read_Targets_KeepTheirOrderAndTheirOwnOptions()
    {
        var targets = Assert.Single(Read(
            "* a.example:1,ssl,insecure,host=h:2,trust_connect_host,untrusted,sub=x,sub=y,over_http,one_event,client_cert=c,client_key=k,h2,auto_pong [::1]:2 test")).Targets;

        var first = targets[0];
        Assert.Equal((TargetKind.Address, "a.example", 1, "h:2", "c", "k"), (first.Kind, first.Host, first.Port, first.HostHeader, first.ClientCertificate, first.ClientKey));
        Assert.True(first.Ssl && first.Insecure && first.TrustConnectHost && first.Untrusted && first.OverHttp && first.OneEvent && first.Http2 && first.AutoPong);
        Assert.Equal(["x", "y"], first.Subscriptions);
        Assert.Equal(("::1", "[::1]:2", false), (targets[1].Host, targets[1].Display, targets[1].Ssl));
        Assert.Equal((TargetKind.Test, "test"), (targets[2].Kind, targets[2].Display));
        Assert.Empty(_problems);
    }

    [Fact]
    public void Read_DuplicateCondition_SkipsTheLaterLine()
    {
        var routes = Read("a,path_beg=/x one:1\nA,path_beg=/x,debug two:1\na,path_beg=/x,ssl=no three:1\n,id=1 test\n,id=2 test");

        Assert.Equal(["one:1", "three:1", "test", "test"], routes.Select(route => route.Targets[0].Display));
        Assert.Equal("routes:2: skipping duplicate condition: expected another host, path_beg, proto or ssl than in the lines before", Assert.Single(_problems).ToString());
    }

    [Fact]
    public void Read_BadLineBeforeTheSameCondition_IsNoDuplicate()
    {
        Assert.Single(Read("* nonsense\n* host:80"));

        Assert.Equal("routes:1: target bad format: expected host:port, such as localhost:8000", Assert.Single(_problems).ToString());
    }

    [Fact]
    public void Read_IdUsedTwice_IsAWarningAndBothLoad()
    {
        Assert.Equal(2, Read("a,id=x test\nb,id=x test").Count);

        Assert.Equal("routes:2: id 'x' was used before; neither route can be looked up by it", Assert.Single(_problems).ToString());
    }

    [Fact]
    public void ReadLines_RouteOptions_AreOneFileWithoutLineNumbers()
    {
        var routes = RouteFileReader.ReadLines(["* test", "bad", "* host:80", "a host:80"], ".", _problems);

        Assert.Equal(["*", "a"], routes.Select(route => route.Domain));
        Assert.All(routes, route => Assert.Equal(("<route>:1", "."), (route.Origin, route.BaseDirectory)));
        Assert.Equal(
            ["<route>:1: must specify condition and at least one target: expected a line such as: * localhost:8000", "<route>:1: skipping duplicate condition: expected another host, path_beg, proto or ssl than in the lines before"],
            _problems.Select(problem => problem.ToString()));
    }

    private IReadOnlyList<RouteConfig> Read(string text) => RouteFileReader.Read(text, "routes", "/base", _problems);
}
