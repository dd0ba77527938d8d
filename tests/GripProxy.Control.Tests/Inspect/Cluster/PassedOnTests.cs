using System.Text;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect;
using GripProxy.Control.Inspect.Cluster;
using GripProxy.Security.Access;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Tests.Inspect.Cluster;

public sealed class PassedOnTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSameRequest()
    {
        var query = new Dictionary<string, StringValues> { ["prefix"] = "a/ü", ["meta"] = new StringValues(["x:1", "y:2"]) };
        var scope = ChannelScope.Of(["a*", "b"]).Intersect(ChannelScope.Of(["*c"]));
        var (endpoint, request) = PassedOn.Read(PassedOn.Write("close", new OwnRequest(Http: null, ["a/b"], query, scope), "{\"x\":1}"u8.ToArray()));

        Assert.Equal("close", endpoint);
        Assert.True(request is { IsPassedOn: true, IsLocal: true });
        Assert.Equal(["a/b"], request.Segments);
        Assert.Equal("a/ü", request.Parameter("Prefix"));
        Assert.Equal(["x:1", "y:2"], (IEnumerable<string?>)request.Query["meta"]);
        Assert.Equal(scope.ToString(), request.Scope.ToString());
        Assert.Equal("{\"x\":1}", Encoding.UTF8.GetString(request.Body.Span));
    }

    [Fact]
    public void Read_NoLimitAndNothing_StayApart()
    {
        Assert.True(Pass(ChannelScope.All).IsUnrestricted);
        Assert.False(Pass(ChannelScope.Nothing).Covers("a"));

        static ChannelScope Pass(ChannelScope scope) =>
            PassedOn.Read(PassedOn.Write("x", new OwnRequest(Http: null, [], new Dictionary<string, StringValues>(), scope), default)).Request.Scope;
    }

    [Fact]
    public void ReadAnswer_Refusal_IsNothing()
    {
        Assert.Null(PassedOn.ReadAnswer(PassedOn.Write(Problem.NotFound("x"))));
        Assert.Equal(3, PassedOn.ReadAnswer(PassedOn.Write(JsonAnswer.Of(200, json => json.WriteNumber("n", 3))))?.GetProperty("n").GetInt32());
    }
}
