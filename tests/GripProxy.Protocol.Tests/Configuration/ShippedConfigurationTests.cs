using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class ShippedConfigurationTests
{
    private static readonly string Folder = Path.Combine(FindRoot(), "conf");

    private readonly string _text = File.ReadAllText(Path.Combine(Folder, "gripproxy.conf"));

    [Fact]
    public void Keys_OfTheTable_AreAllMentionedOnceAndNoOthers()
    {
        var known = KnownKeys.All.Where(key => !key.Key.StartsWith('*')).Select(key => $"[{key.Section}] {key.Key}");
        var section = "";
        var mentioned = new List<string>();
        foreach (var line in _text.Split('\n'))
        {
            if (HeaderOf(line) is { } header)
                section = KnownKeys.TableSection(header) ?? header;
            else if (KeyOf(line) is { } key)
                mentioned.Add($"[{section}] {key}");
        }

        Assert.Equal(known.Order(StringComparer.Ordinal), mentioned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void File_AsShipped_HasNothingToComplainAbout()
    {
        var settings = Settings.Parse(_text);
        settings.Complete(check: true);

        Assert.All(settings.Problems, problem => Assert.Equal(ConfigSeverity.Note, problem.Severity));
    }

    [Fact]
    public void File_WithEverythingUncommented_HasNothingToComplainAbout()
    {
        var settings = Settings.Parse(string.Join('\n', _text.Split('\n').Select(Uncomment)));
        settings.Complete(check: true);

        Assert.Equal(["NAME"], settings.Names("issuer"));
        Assert.All(settings.Problems, problem => Assert.Equal(ConfigSeverity.Note, problem.Severity));
    }

    [Fact]
    public void File_AsShipped_HasPushpinsValuesButForTheRateAndTheDrain()
    {
        var settings = Settings.Parse(_text);

        Assert.Equal(7999, settings.Int("runner", "http_port", 0));
        Assert.Equal(5561, settings.Int("handler", "push_in_http_port", 0));
        Assert.Equal("proto-only", settings.Text("proxy", "set_x_forwarded_protocol"));
        Assert.Equal(60, settings.Int("handler", "id_cache_ttl", 0));
        Assert.False(settings.Has("handler", "message_rate"));
        Assert.Equal(30, settings.Int("drain", "window", 0));
    }

    [Fact]
    public void Lines_EachKey_HasASentenceAbove()
    {
        var lines = _text.Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            if (KeyOf(lines[i]) is not null && KeyOf(lines[i - 1]) is null)
                Assert.StartsWith("# ", lines[i - 1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Routes_AsShippedAndWithTheExamples_AreValid()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "routes"));
        var problems = new List<ConfigProblem>();

        var route = Assert.Single(RouteFileReader.Read(text, "routes", ".", problems));
        Assert.Equal("* 127.0.0.1:8000", $"{route.Domain} {route.Targets[0].Display}");

        var examples = string.Join('\n', text.Split('\n').Select(UncommentExample));
        Assert.Equal(17, RouteFileReader.Read(examples, "routes", ".", problems).Count);
        Assert.Empty(problems);
    }

    private static string? HeaderOf(string line) => line.TrimStart('#') is ['[', .. var name, ']'] ? name : null;

    private static string? KeyOf(string line)
    {
        var bare = line.TrimStart('#');
        var key = bare[..Math.Max(0, bare.IndexOf('=', StringComparison.Ordinal))];
        return key.Length > 0 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') ? key : null;
    }

    private static string Uncomment(string line) => HeaderOf(line) is null && KeyOf(line) is null ? line : line.TrimStart('#');

    private static string UncommentExample(string line) => line switch
    {
        // Other examples for all hosts: there is room for one such line.
        "# * test" => "example.com test",
        "# * 127.0.0.1:8000,over_http" => "over-http.example.com 127.0.0.1:8000,over_http",
        ['#', ' ', '*', ..] => line[2..],
        _ when line.Contains(".example.com", StringComparison.Ordinal) => line[2..],
        _ => line,
    };

    internal static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GripProxy.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No GripProxy.sln above {AppContext.BaseDirectory}");
    }
}
