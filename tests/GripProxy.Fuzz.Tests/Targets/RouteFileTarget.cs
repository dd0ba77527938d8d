using System.Text;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>The routes file (RTE-01…): it means the same with line ends of either kind, and a route is found only for its host and path.</summary>
internal sealed class RouteFileTarget : FuzzTarget
{
    private static readonly string[] s_conditions =
    [
        "proto=http", "proto=ws", "ssl=yes", "id=a", "path_beg=/live/", "path_rem=5", "replace_beg=/x", "as_host=h:1", "sig_iss=i", "sig_key=base64:c2VjcmV0", "prefix=p-", "orig_headers", "header=\"X: a, b\"",
        "debug", "aco", "jsonp_mode=basic", "session", "sockjs=/s", "no_grip", "log_level=3",
    ];

    private static readonly string[] s_targets = ["test", "127.0.0.1:80", "[::1]:9000", "h:443,ssl,host=x,insecure", "h:80,over_http,one_event", "h:80,sub=a,sub=b", "h:80,trust_connect_host", "zhttp/tcp://h:1", "h:99999"];

    public override string Name => "routes";

    public override IReadOnlyList<string> Words { get; } = [.. s_conditions.Select(static word => "," + word), .. s_targets.Select(static word => " " + word), "\n", "* ", "#", "\"", "\\\"", "=", ","];

    public override byte[] Generate(Chance chance)
    {
        StringBuilder file = new();
        foreach (string line in chance.Some(4, () => $"{chance.Of(["*", "a.test", "*.a.test"])}{string.Concat(chance.Some(3, () => "," + chance.Of(s_conditions)))} {string.Join(' ', chance.Some(3, () => chance.Of(s_targets)))}\n"))
            file.Append(line);
        return Encoding.UTF8.GetBytes(file.ToString());
    }

    public override string Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input).Replace("file:", "file", StringComparison.Ordinal);
        List<ConfigProblem> problems = [];
        IReadOnlyList<RouteConfig> routes = RouteFileReader.Read(text, "routes", ".", problems);
        Must(routes.All(static route => route.Targets.Count > 0), "a route has no target");
        Must(problems.TrueForAll(static problem => problem.Location.StartsWith("routes:", StringComparison.Ordinal) && problem.Text.Length > 0), "a problem does not say where");
        if (!text.Contains('\r', StringComparison.Ordinal))
        {
            List<ConfigProblem> others = [];
            IReadOnlyList<RouteConfig> same = RouteFileReader.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal), "routes", ".", others);
            Must(same.Count == routes.Count && others.Count == problems.Count, "line ends of the other kind change something");
        }

        RouteConfig? found = new RouteTable(routes).Find("a.test", "/live/x", RouteProtocol.Http, ssl: false);
        Must(found is null || "/live/x".StartsWith(found.PathBegin ?? "", StringComparison.Ordinal), "a route was found for another path");
        return $"{Math.Min(routes.Count, 4)} {found is not null} {string.Join(' ', problems.Take(2).Select(static problem => new string([.. problem.Text.Where(char.IsAsciiLetter).Take(30)])))}";
    }
}
