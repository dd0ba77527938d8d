using System.Text;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>The configuration file (CFG-02…04): every problem says what it is, and line ends of either kind mean the same.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    private static readonly string[] s_lines =
    [
        "[global]", "[proxy]", "[handler]", "[issuer:a]", "[channel:news.*]", "rundir={libdir}/run", "port_offset=10", "message_wait=5000", "message_wait=\"5\"", "sig_key=\"a;b\\\\\"", "x_forwarded_for=truncate:1,append ; rest",
        "id_cache_ttl=-1", "# a comment", "; another", "=", "key", "[", "[]", "debug=true", "debug=maybe", "push_in_sub_specs=tcp://127.0.0.1:1, \"b\"", "unknown_key=1",
    ];

    public override string Name => "config";

    public override IReadOnlyList<string> Words { get; } = [.. s_lines.Select(static line => "\n" + line + "\n"), "{", "}", "\"", "\\", "%", "@", ";", "{rundir}", "{{"];

    public override byte[] Generate(Chance chance) => Encoding.UTF8.GetBytes(string.Concat(chance.Some(10, () => chance.Of(s_lines) + "\n")));

    public override string Run(byte[] input)
    {
        // Another file is not what is tested here.
        string text = Encoding.UTF8.GetString(input).Replace("include", "exclude", StringComparison.OrdinalIgnoreCase).Replace("file:", "file", StringComparison.Ordinal);
        string values = Read(text, out string kinds);
        if (!text.Contains('\r', StringComparison.Ordinal))
            Must(Read(text.Replace("\n", "\r\n", StringComparison.Ordinal), out _) == values, "line ends of the other kind change something");
        return kinds;
    }

    private static string Read(string text, out string kinds)
    {
        Settings settings = Settings.Parse(text);
        string values = string.Join(
            '|',
            [settings.Text("global", "rundir"), $"{settings.Int("handler", "message_wait", 5000, min: 0)}", $"{settings.Bool("proxy", "debug", false)}", .. settings.List("proxy", "x_forwarded_for"), settings.Secret("proxy", "sig_key") ?? "",
                .. settings.Names("issuer"), .. settings.Names("channel")]);
        settings.Complete(check: true);
        Must(settings.Problems.All(static problem => problem.Text.Length > 0), "a problem does not say what it is");
        kinds = string.Join(' ', settings.Problems.Select(static problem => new string([.. problem.Text.Where(char.IsAsciiLetter).Take(20)])).Distinct(StringComparer.Ordinal).Take(3));
        return $"{values}|{settings.Problems.Count}";
    }
}
