using System.Text;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

/// <summary>
/// Makes <c>docs/configuration.md</c>: what becomes of a key is from <see cref="KnownKeys"/>, which the program itself uses, its meaning, unit and default from
/// the shipped file, which other tests compare with the table and with what the program reads. Lives for one page.
/// </summary>
internal sealed class ConfigurationPage
{
    private const string Head = """
        # Configuration reference

        Every key, section by section. This page is made from the table of keys that the program uses and from `conf/gripproxy.conf`, where each key stands with its comment; a test
        compares them.

        * **Form.** One INI file, as Pushpin's. `;` ends a value unless the value is `"quoted"`. Of two equal keys the last one counts. `#` begins a comment line.
        * **Environment.** `GRIPPROXY__SECTION__KEY` overrides the file: `GRIPPROXY__PROXY__SIG_KEY` is `[proxy] sig_key`, `GRIPPROXY__ISSUER__SHOP__KEY` is `key` of `[issuer:shop]`.
          `[channel:PATTERN]` can only stand in the file.
        * **Secrets** may stand in a file of their own: `key=file:<path>`, relative to the folder of the configuration.
        * **Default.** What counts without the key. *in the file:* what the shipped file sets; leave the key out, and it is off or as in Pushpin.
        * **Again.** `yes`: a changed value counts after SIGHUP or `gripproxy reload`, and nobody who is connected notices. `its file`: the file that it names is read again. Else a
          [restart](restarting.md) is needed, which clients may not notice either.
        * **Pushpin.** Its keys have their names and meanings here; what is not used may stay in the file. `gripproxy check` names what is wrong, unknown or not used, with file and line.

        """;

    private readonly StringBuilder _page = new(Head);
    private readonly List<string> _comment = [];
    private readonly List<string> _keys = [];
    private string _section = "";

    /// <summary>The page for the text of the shipped file.</summary>
    public static string Of(string shipped)
    {
        ConfigurationPage page = new();
        foreach (var line in shipped.Split('\n'))
            page.Take(line.TrimEnd());
        page.EndKeys();
        return page._page.ToString();
    }

    private void Take(string line)
    {
        if (line.TrimStart('#') is ['[', .. var name, ']'])
            Begin(name);
        else if (ShippedKey.Read(line) is { } key)
            AddKey(key);
        else if (line.StartsWith("# ", StringComparison.Ordinal))
            AddComment(line[2..]);
        else
            EndKeys();
    }

    private void AddComment(string text)
    {
        EndKeysOnly();
        _comment.Add(text);
    }

    private void AddKey(ShippedKey key)
    {
        if (KnownKeys.Find(_section, key.Name) is not { } known)
            return;
        _keys.Add($"| `{key.Name}` | {key.Default} | {Again(known)} | {(_keys.Count == 0 ? Meaning(known) : State(known) is { Length: > 0 } state ? state : "as above")} |");
    }

    // What stands above the first key of a section, in a paragraph of its own or on the line above, is about the section.
    private void Begin(string name)
    {
        EndKeysOnly();
        _section = KnownKeys.TableSection(name) ?? name;
        _page.Append('\n').Append("## `[").Append(name).Append("]`\n\n");
        if (_comment.Count > 0)
            _page.Append(Joined()).Append("\n\n");
        _comment.Clear();
        _page.Append("| key | default | again | meaning |\n| --- | --- | --- | --- |\n");
    }

    private void EndKeys()
    {
        EndKeysOnly();
        _comment.Clear();
    }

    private void EndKeysOnly()
    {
        if (_keys.Count == 0)
            return;
        foreach (var key in _keys)
            _page.Append(key).Append('\n');
        _keys.Clear();
        _comment.Clear();
    }

    private string Meaning(KnownKey known) => State(known) is { Length: > 0 } state && known.State == KeyState.NotUsed ? state : $"{State(known)}{Joined()}";

    private string Joined() => string.Join(' ', _comment).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string State(KnownKey known) => known.State switch
    {
        KeyState.NotUsed => $"Not used: {known.About}.",
        KeyState.Later => "Accepted, without effect so far. ",
        _ => "",
    };

    private static string Again(KnownKey known) => (known.Section, known.Key) switch
    {
        ("issuer:" or "bearer:" or "basic:", _) => "yes",
        ("proxy", "routesfile") or ("plugins", "config_file") => "its file",
        _ => "",
    };
}
