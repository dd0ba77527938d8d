using System.Text.Json.Nodes;
using GripProxy.GameDay.Anonymising;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Recordings;

namespace GripProxy.GameDay.Tests.Anonymising;

public sealed class AnonymiserTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-anonymise-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task PLG52_PlantedPersonalData_IsGoneAndCountsStay()
    {
        var planted = new List<string>();
        var lines = new List<string>();
        string Plant(string text)
        {
            planted.Add(text);
            return text;
        }

        for (var i = 0; i < 1000; i++)
        {
            var one = new JsonObject
            {
                ["event"] = $"event {i % 7}",
                ["distinct_id"] = Plant($"user{i % 50}@mail{i % 50}.example.org"),
                ["ip"] = Plant($"93.184.{i % 250 + 1}.{i % 200 + 5}"),
                ["timestamp"] = "2026-03-01T10:00:00Z",
                ["properties"] = new JsonObject
                {
                    ["note"] = $"call {Plant($"+49 30 {1000000 + i}")} or write to {Plant($"p{i}@company.test")}",
                    ["card"] = Plant(Card(i)),
                    ["number"] = long.Parse(Plant($"{7_300_000_000_000 + i}")),
                    ["host"] = Plant($"10.{i % 250}.7.{i % 100 + 1}"),
                    ["price"] = 12.5,
                    ["nested"] = new JsonArray(new JsonObject { ["email"] = Plant($"q{i}@deep.test") }),
                },
            };
            lines.Add(one.ToJsonString());
        }

        var from = Write("in.ndjson", lines);
        var rules = AnonymiseReader.Read("""{"fields": [{"path": "properties.note", "do": "keep"}, {"path": "properties.card", "do": "keep"}, {"path": "properties.host", "do": "keep"}, {"path": "**.email", "do": "fake-email"}]}""", static _ => null);

        await AnonymiseFiles.RunAsync(from, from + ".out", rules, isStrict: false);

        var bytes = await File.ReadAllTextAsync(from + ".out");
        Assert.All(planted.Distinct(), text => Assert.DoesNotContain(text, bytes, StringComparison.Ordinal));
        var made = EventFile.Read(from + ".out").ToList();
        var original = lines.ConvertAll(static line => JsonNode.Parse(line)!.AsObject());
        Assert.Equal(original.Select(static one => one["event"]!.ToString()), made.Select(static one => one["event"]!.ToString()));
        Assert.Equal(Counts(original), Counts(made));
        Assert.All(made, static one => Assert.Equal(12.5, one["properties"]!["price"]!.GetValue<double>()));
    }

    [Theory]
    [InlineData("keep", "plain words", "plain words")]
    [InlineData("null", "x", null)]
    [InlineData("fake-phone", "0301234567", "+1-555-01")]
    [InlineData("drop-last-octets", "93.184.216.34", "93.184.0.0")]
    [InlineData("drop-last-octets", "2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::")]
    [InlineData("strip-query", "https://shop.test/a?mail=me@x.test#top", "https://shop.test/a")]
    [InlineData("truncate:3", "abcdef", "abc")]
    public void PLG52_Deeds_DoWhatTheySay(string deed, string value, string? expected)
    {
        var made = Apply($$"""{"fields": [{"path": "properties.x", "do": "{{deed}}"}]}""", $$$"""{"event": "e", "properties": {"x": "{{{value}}}"}}""");

        Assert.StartsWith(expected ?? "null", made["properties"]!["x"]?.ToString() ?? "null", StringComparison.Ordinal);
    }

    [Fact]
    public void PLG52_Drop_LeavesOutTheNameToo() =>
        Assert.Equal(["event"], Apply("""{"fields": [{"path": "**.name", "do": "drop"}, {"path": "name", "do": "drop"}]}""", """{"event": "e", "name": {"first": "A"}}""").Select(static member => member.Key));

    [Fact]
    public void PLG52_KeepShape_ChangesEveryLetterAndDigitAndNothingElse()
    {
        var made = Apply("{}", """{"event": "e", "properties": {"x": "Ab-12 Ümlaut"}}""")["properties"]!["x"]!.ToString();

        Assert.Matches("^[A-Z][a-z]-[0-9]{2} [A-Z][a-z]{5}$", made);
        Assert.NotEqual("Ab-12 Ümlaut", made);
    }

    [Fact]
    public void PLG52_Pseudonyms_AreStableUnderASaltAndOnlyThen()
    {
        const string Rules = """{"salt_env": "GD_SALT"}""";
        static string Id(string rules, string salt) =>
            new Anonymiser(AnonymiseReader.Read(rules, _ => salt)).Apply(JsonNode.Parse("""{"event": "e", "distinct_id": "ann"}""")!.AsObject())["distinct_id"]!.ToString();

        Assert.Equal(Id(Rules, "0123456789abcdef"), Id(Rules, "0123456789abcdef"));
        Assert.NotEqual(Id(Rules, "0123456789abcdef"), Id(Rules, "0123456789abcdeg"));
        Assert.NotEqual(Id("{}", ""), Id("{}", ""));
        Assert.Matches("^[a-z]{12}$", Id("{}", ""));
    }

    [Theory]
    [InlineData("mail me%40x.test now", "mail [email] now")]
    [InlineData("DE89 3704 0044 0532 0130 00", "[iban]")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "[jwt]")]
    [InlineData("at 52.52000, 13.40500", "at [geo]")]
    [InlineData("fe80::1ff:fe23:4567:890a", "[ipv6]")]
    [InlineData("4111 1111 1111 1111", "[credit-card]")]
    [InlineData("(212) 555-0123", "[phone]")]
    [InlineData("order 123456789", "order [long-digits]")]
    [InlineData("on 2026-03-01 at 10:11:12, version 1.2.3", "on 2026-03-01 at 10:11:12, version 1.2.3")]
    public void PLG52_Detection_ReplacesWhatIsPersonalInKeptFields(string text, string expected) =>
        Assert.Equal(expected, Apply("""{"fields": [{"path": "properties.**", "do": "keep"}]}""", new JsonObject { ["event"] = "e", ["properties"] = new JsonObject { ["x"] = text } }.ToJsonString())["properties"]!["x"]!.ToString());

    [Fact]
    public async Task PLG52_Strict_FailsWhenAKeptFieldHasPersonalDataAndLeavesNoFile()
    {
        var from = Write("in.ndjson", ["""{"event": "e", "properties": {"x": "me@x.test"}}"""]);
        var rules = AnonymiseReader.Read("""{"fields": [{"path": "properties.x", "do": "keep"}]}""", static _ => null);

        var e = await Assert.ThrowsAsync<PlanException>(() => AnonymiseFiles.RunAsync(from, from + ".out", rules, isStrict: true));

        Assert.Equal("properties.x is kept, and personal data was found in it 1 times", e.Message);
        Assert.False(File.Exists(from + ".out"));
    }

    [Fact]
    public async Task PLG52_FormsOfFiles_AreAllRead()
    {
        var list = Write("list.json", ["""[{"event": "a"}, {"event": "b"}]"""]);
        var csv = Write("table.csv", ["name,who,price,\"the \"\"note\"\"\"", "bought,ann,7,\"a, b\"", "left,bob,007,"]);
        await AnonymiseFiles.RunAsync(list, list + ".gz", AnonymiseReader.Read("{}", static _ => null), isStrict: false);

        Assert.Equal(["a", "b"], EventFile.Read(list + ".gz").Select(static one => one["event"]!.ToString()));
        var rows = EventFile.Read(csv, new Dictionary<string, string> { ["name"] = "event", ["who"] = "distinct_id", ["price"] = "properties.price", ["the \"note\""] = "properties.note" }).ToList();
        Assert.Equal("""{"event":"bought","distinct_id":"ann","properties":{"price":7,"note":"a, b"}}""", rows[0].ToJsonString());
        Assert.Equal("007", rows[1]["properties"]!["price"]!.ToString());
    }

    [Theory]
    [InlineData("{}", "2026-11-29T09:54:00.000Z")]
    [InlineData("""{"fields": [{"path": "now", "do": "keep-shape"}]}""", null)]
    public void PLG52_TimeAtTheSender_StaysATimeUnlessARuleSaysOtherwise(string rules, string? expected)
    {
        var now = Apply(rules, """{"event": "a", "now": "2026-11-29T09:54:00Z"}""")["now"]!.ToString();

        if (expected is not null)
            Assert.Equal(expected, now);
        else
            Assert.NotEqual("2026-11-29T09:54:00Z", now);
    }

    [Fact]
    public void Read_WrongRules_NamesEach()
    {
        var e = Assert.Throws<PlanException>(() => AnonymiseReader.Read("""{"salt_env": "SALT", "fields": [{"path": "a", "do": "hide"}, {"do": "round"}], "detect": ["shoe-size"]}""", static _ => "short"));

        Assert.Equal(5, e.Problems.Count);
    }

    private static JsonObject Apply(string rules, string one) => new Anonymiser(AnonymiseReader.Read(rules, static _ => null)).Apply(JsonNode.Parse(one)!.AsObject());

    private static IEnumerable<int> Counts(IEnumerable<JsonObject> events) => events.GroupBy(static one => one["distinct_id"]!.ToString()).Select(static group => group.Count()).Order();

    [Fact]
    public void PLG52_LongWord_IsReadOnceAndStaysAsItIs()
    {
        var hits = 0;
        var word = new string('a', 500_000);

        // Read from each of its letters it would take longer than there is patience for, and be taken for a hit.
        Assert.Equal(word, PersonalPatterns.Replace(word, ["email"], ref hits));
        Assert.Equal(0, hits);
    }

    [Theory]
    [InlineData("a@b.test%2Cc@d.test", "[email][email]", 2)]
    [InlineData("to=a%40b.test&cc=c.d+e@f.test", "to=[email]&cc=[email]", 2)]
    [InlineData("@b.test a@b", "@b.test a@b", 0)]
    public void PLG52_EmailAddresses_AreFoundSideBySide(string text, string expected, int count)
    {
        var hits = 0;

        Assert.Equal(expected, PersonalPatterns.Replace(text, ["email"], ref hits));
        Assert.Equal(count, hits);
    }

    private string Write(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    // Numbers that pass the check of cards.
    private static string Card(int number)
    {
        var digits = $"4{number:00000000000000}";
        var sum = digits.Reverse().Select(static (c, index) => index % 2 == 1 ? c - '0' : (c - '0') < 5 ? (c - '0') * 2 : ((c - '0') * 2) - 9).Sum();
        return digits + ((10 - (sum % 10)) % 10);
    }
}
