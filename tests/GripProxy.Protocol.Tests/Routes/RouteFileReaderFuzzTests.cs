using System.Text;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;
using GripProxy.Protocol.Tests.Json;

namespace GripProxy.Protocol.Tests.Routes;

public sealed class RouteFileReaderFuzzTests
{
    private static readonly byte[] File = Encoding.UTF8.GetBytes("""
        * test # a comment
        api.example.com,path_beg=/live/,replace_beg=/internal/ 10.0.0.5:8080 10.0.0.6:8080
        secure.example.com,id=cust1,sig_iss=acme,sig_key=base64:c2VjcmV0,prefix=cust1- app.acme.test:443,ssl,host=app.acme.test
        *,header="X-A: a, \"b\"",header=X-Del:,debug,proto=ws [::1]:9000,over_http,sub=a,sub=b
        """);

    [Fact]
    public void Read_SpoiltFile_NeverThrowsAndKeepsOnlyRoutesWithATarget()
    {
        var mutation = new Mutation(seed: 6);
        for (var i = 0; i < 20_000; i++)
        {
            var problems = new List<ConfigProblem>();
            var routes = RouteFileReader.Read(Encoding.UTF8.GetString(mutation.Spoil(File)), "routes", ".", problems);
            Assert.All(routes, route => Assert.NotEmpty(route.Targets));
            Assert.All(problems, problem => Assert.StartsWith("routes:", problem.Location, StringComparison.Ordinal));
            _ = new RouteTable(routes).Find("api.example.com", "/live/x", RouteProtocol.Http, ssl: false);
        }
    }
}
