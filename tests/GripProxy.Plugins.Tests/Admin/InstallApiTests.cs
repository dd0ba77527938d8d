using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Packages;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>Packages, installs and their configuration (plugins-http.md §4.2–4.5).</summary>
public sealed class InstallApiTests : IAsyncLifetime
{
    private const string Form = """{"name":"p","version":"1.0.0","config":[{"key":"url","required":true},{"key":"password","secret":true},{"key":"word","default":"hi"},{"key":"file","type":"attachment"}]}""";
    private const string Passes = "export const processEvent = (event) => event";

    private TestAdmin _admin = null!; // by InitializeAsync

    public async Task InitializeAsync() => _admin = await TestAdmin.StartAsync();

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Fact]
    public async Task Plg30_DamagedPackage_IsShownMaskedSwitchedOffAndHealedByBringingItAgain()
    {
        const string Source = "export const processEvent = (event) => event";
        const string Manifest = """{"name":"p","config":[{"key":"plain"}]}""";
        await _admin.InstallAsync(Source, Manifest, ""","enabled":true,"config":{"plain":"to-see"}""");
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _admin.Folder.File("state.db"), Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE packages SET files = x'00'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        Assert.Equal("**SECRET**", (string?)(await _admin.OkAsync("GET", "/v1/tenants/default/plugins"))["items"]![0]!["config"]!["plain"]);
        Assert.False((bool)(await _admin.OkAsync("POST", "/v1/tenants/default/plugins/p/disable"))["enabled"]!);
        Assert.Equal("unavailable", await _admin.RefusedAsync(503, "POST", "/v1/tenants/default/plugins/p/enable"));
        await _admin.UploadAsync(Source, Manifest);
        Assert.Equal("to-see", (string?)(await _admin.OkAsync("POST", "/v1/tenants/default/plugins/p/enable"))["config"]!["plain"]);
    }

    [Fact]
    public async Task Plg01_Upload_OfAnArchiveAndOfASource_GivesTheSamePackage()
    {
        var files = PackageFiles.Create([new("index.js", Encoding.UTF8.GetBytes(Passes)), new("plugin.json", Encoding.UTF8.GetBytes("""{"name":"p"}"""))]);
        using var zip = new ByteArrayContent(PackageWriter.Zip(files)) { Headers = { ContentType = new("application/zip") } };
        using var first = await _admin.SendAsync("POST", "/v1/tenants/default/packages", zip);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var made = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        Assert.Equal("""["processEvent"]""", made["capabilities"]!["methods"]!.ToJsonString());

        var (status, known) = await _admin.AskAsync("POST", "/v1/tenants/default/packages", new JsonObject { ["source"] = Passes, ["plugin_json"] = new JsonObject { ["name"] = "p" } }.ToJsonString());
        Assert.Equal((200, files.Hash), (status, (string?)known!["hash"]));
        using var source = await _admin.SendAsync("GET", $"/v1/tenants/default/packages/{files.Hash}/files/index.js");
        Assert.Equal(("text/plain", Passes), (source.Content.Headers.ContentType!.MediaType, await source.Content.ReadAsStringAsync()));
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "GET", $"/v1/tenants/default/packages/{files.Hash}/files/..%2Fplugin.json"));
    }

    [Fact]
    public async Task Plg01_Upload_OfWhatDoesNotCompile_SaysFileLineAndColumn()
    {
        var (status, json) = await _admin.AskAsync("POST", "/v1/tenants/default/packages", new JsonObject { ["source"] = "const a = 1\nconst b = = 2" }.ToJsonString());

        Assert.Equal((422, "compile_error"), (status, (string?)json!["code"]));
        Assert.Equal(("index.js", 2, 11), ((string?)json["details"]!["file"], (int)json["details"]!["line"]!, (int)json["details"]!["column"]!));
        Assert.Equal("compile_error", await _admin.RefusedAsync(422, "POST", "/v1/tenants/default/packages", """{"source":"import pg from 'pg'\npg()"}"""));
        Assert.Equal("compile_error", await _admin.RefusedAsync(422, "POST", "/v1/tenants/default/packages", """{"path":"missing"}"""));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", "/v1/tenants/default/packages", """{"path":"../.."}"""));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", "/v1/tenants/default/packages", """{"url":"http://example.com/x.zip"}"""));
        Assert.Equal("compile_error", await _admin.RefusedAsync(422, "POST", "/v1/tenants/default/packages", """{"url":"https://127.0.0.1/x.zip"}"""));
        using var noZip = await _admin.SendAsync("POST", "/v1/tenants/default/packages", new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/zip") } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noZip.StatusCode);
    }

    [Fact]
    public async Task Plg14_Install_WithoutARequiredValue_IsRefusedOnlyWhereItIsEnabled()
    {
        var hash = await _admin.UploadAsync(Passes, Form);
        var (status, json) = await _admin.AskAsync("POST", "/v1/tenants/default/plugins", $$"""{"package":"{{hash}}","enabled":true}""");
        Assert.Equal((422, "invalid_config", "a value is required"), (status, (string?)json!["code"], (string?)json["details"]!["url"]));

        await _admin.OkAsync("POST", "/v1/tenants/default/plugins", $$"""{"package":"{{hash}}"}""");
        Assert.Equal("invalid_config", await _admin.RefusedAsync(422, "POST", "/v1/tenants/default/plugins/p/enable"));
        await _admin.OkAsync("PATCH", "/v1/tenants/default/plugins/p/config", """{"url":"https://x"}""");
        Assert.True((bool)(await _admin.OkAsync("POST", "/v1/tenants/default/plugins/p/enable"))["enabled"]!);
        Assert.True(_admin.Store.Current.FindInstall(1, 1)!.Enabled);
        Assert.False((bool)(await _admin.OkAsync("POST", "/v1/tenants/default/plugins/1/disable"))["enabled"]!);
    }

    [Theory]
    [InlineData("""{"name":"p","config":[{"key":"url"}]}""")]
    [InlineData("""{"name":"p","config":[{"key":"url"},{"key":"password"}]}""")]
    public async Task Plg14_Secret_IsNotShownByAVersionThatDoesNotCallItOne(string next)
    {
        await _admin.InstallAsync(Passes, Form, ""","config":{"url":"u","password":"hunter2hunter2"}""");
        var hash = await _admin.UploadAsync(Passes, next);

        await _admin.OkAsync("PATCH", "/v1/tenants/default/plugins/p", $$"""{"package":"{{hash}}"}""");

        Assert.Equal("""{"url":"u"}""", _admin.Store.Current.FindInstall(1, 1)!.Config.ToJsonString());
        Assert.DoesNotContain("hunter2", (await _admin.OkAsync("GET", "/v1/tenants/default/plugins/p")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plg14_Secret_IsNeverShownAndKeptWhereItIsGivenBackAsShown()
    {
        await _admin.InstallAsync(Passes, Form, ""","config":{"url":"u","password":"hunter2hunter2","own":"x"}""");
        const string Path = "/v1/tenants/default/plugins/p/config";
        Assert.Equal("""{"url":"u","password":"**SECRET**","own":"x","word":"hi"}""", (await _admin.OkAsync("GET", Path)).ToJsonString());

        await _admin.OkAsync("PUT", Path, """{"url":"v","password":"**SECRET**"}""");
        Assert.Equal("""{"url":"v","password":"hunter2hunter2"}""", _admin.Store.Current.FindInstall(1, 1)!.Config.ToJsonString());
        await _admin.OkAsync("PATCH", Path, """{"password":"other-secret","word":"ho"}""");
        Assert.Equal("""{"url":"v","password":"other-secret","word":"ho"}""", _admin.Store.Current.FindInstall(1, 1)!.Config.ToJsonString());
        await _admin.OkAsync("PATCH", Path, """{"word":null}""");
        Assert.Equal("hi", (string?)(await _admin.OkAsync("GET", Path))["word"]);
        await _admin.OkAsync("PUT", Path + "?validate_only=1", """{"url":"w"}""");
        Assert.Equal("invalid_config", await _admin.RefusedAsync(422, "PUT", Path + "?validate_only=1", """{"word":"w"}"""));
        Assert.Equal("invalid_config", await _admin.RefusedAsync(422, "PUT", Path, "{}"));
        Assert.Equal("v", (string?)_admin.Store.Current.FindInstall(1, 1)!.Config["url"]);

        var everything = (await _admin.OkAsync("GET", "/v1/tenants/default/plugins")).ToJsonString() + (await _admin.OkAsync("GET", "/v1/audit")).ToJsonString() + (await _admin.OkAsync("GET", "/v1/state")).ToJsonString();
        Assert.DoesNotContain("other-secret", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plg14_Attachment_IsKeptAndItsContentsAreNotShown()
    {
        await _admin.InstallAsync(Passes, Form, ""","attachments":{"file":{"content_type":"text/plain","file_name":"a.txt","contents_base64":"YWJj"}}""");
        var install = await _admin.OkAsync("GET", "/v1/tenants/default/plugins/p");
        Assert.Equal("""{"file":{"content_type":"text/plain","file_name":"a.txt","bytes":3}}""", install["attachments"]!.ToJsonString());

        using var content = new ByteArrayContent("longer"u8.ToArray()) { Headers = { ContentType = new("application/x-mmdb") } };
        using var put = await _admin.SendAsync("PUT", "/v1/tenants/default/plugins/p/attachments/file?filename=b.mmdb", content);
        Assert.Equal("""{"file":{"content_type":"application/x-mmdb","file_name":"b.mmdb","bytes":6}}""", await put.Content.ReadAsStringAsync());
        var record = _admin.Store.Current.FindInstall(1, 1)!.Attachments["file"];
        Assert.Equal("longer", Encoding.UTF8.GetString((await _admin.Store.ReadFileAsync(record.Id))!));
        await _admin.OkAsync("DELETE", "/v1/tenants/default/plugins/p/attachments/file");
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "DELETE", "/v1/tenants/default/plugins/p/attachments/file"));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", "/v1/tenants/default/plugins", """{"package":"x","attachments":{"file":{"contents_base64":"?"}}}"""));
    }

    [Fact]
    public async Task Plg01_Form_UploadsAndInstallsInOneCall()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(PackageWriter.Zip(PackageFiles.Create([new("index.js", Encoding.UTF8.GetBytes(Passes)), new("plugin.json", Encoding.UTF8.GetBytes(Form))]))), "archive", "p.zip" },
            { new StringContent("""{"name":"mine","enabled":true,"config":{"url":"u"},"order":3}"""), "install" },
            { new ByteArrayContent("abc"u8.ToArray()) { Headers = { ContentType = new("text/csv") } }, "attachment.file", "a.csv" },
        };
        using var answer = await _admin.SendAsync("POST", "/v1/tenants/default/plugins", form);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.True(answer.StatusCode == HttpStatusCode.Created, json.ToJsonString());
        Assert.Equal(("mine", "1.0.0", 3, true), ((string?)json["name"], (string?)json["version"], (int)json["order"]!, (bool)json["enabled"]!));
        Assert.Equal("a.csv", (string?)json["attachments"]!["file"]!["file_name"]);
    }

    [Fact]
    public async Task Write_WithAnOldRevision_Is412AndChangesNothing()
    {
        await _admin.InstallAsync(Passes);
        using var shown = await _admin.SendAsync("GET", "/v1/tenants/default/plugins/p");
        var tag = shown.Headers.ETag!.ToString();
        Assert.Equal(200, (await _admin.AskAsync("PATCH", "/v1/tenants/default/plugins/p", """{"order":5}""", ifMatch: tag)).Status);

        var (status, json) = await _admin.AskAsync("PATCH", "/v1/tenants/default/plugins/p", """{"order":6}""", ifMatch: tag);

        Assert.Equal((412, "revision"), (status, (string?)json!["code"]));
        Assert.Equal(5, _admin.Store.Current.FindInstall(1, 1)!.Order);
    }

    [Fact]
    public async Task Installs_AreChangedOrderedAndRemoved()
    {
        await _admin.InstallAsync(Passes);
        await _admin.InstallAsync(Passes, more: ""","name":"q","routes":[{"channel":"x"}]""");
        Assert.Equal("in_use", await _admin.RefusedAsync(409, "POST", "/v1/tenants/default/plugins", $$"""{"package":"{{await _admin.UploadAsync(Passes)}}","name":"q"}"""));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "PATCH", "/v1/tenants/default/plugins/q", """{"routes":[{"chanel":"x"}]}"""));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "PATCH", "/v1/tenants/default/plugins/q", """{"on_start":"never"}"""));
        Assert.Equal("in_use", await _admin.RefusedAsync(409, "PATCH", "/v1/tenants/default/plugins/q", """{"name":"p"}"""));

        var ordered = await _admin.OkAsync("POST", "/v1/tenants/default/plugins/reorder", """{"ids":[2,"p"]}""");
        Assert.Equal(["q", "p"], ordered["items"]!.AsArray().Select(one => (string?)one!["name"]));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", "/v1/tenants/default/plugins/reorder", """{"ids":[2]}"""));
        var hash = (string)(await _admin.OkAsync("GET", "/v1/tenants/default/plugins/q"))["hash"]!;
        Assert.Equal("in_use", await _admin.RefusedAsync(409, "DELETE", $"/v1/tenants/default/packages/{hash}"));
        await _admin.OkAsync("DELETE", "/v1/tenants/default/plugins/p");
        await _admin.OkAsync("DELETE", "/v1/tenants/default/plugins/2");
        await _admin.OkAsync("DELETE", $"/v1/tenants/default/packages/{hash}");
        Assert.Empty((await _admin.OkAsync("GET", "/v1/tenants/default/packages"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Plg22_TryIt_ReachesTheNetworkUnderItsRulesOrOnlyMocks()
    {
        await _admin.InstallAsync("export async function processEvent(e) { e.properties = { status: (await fetch('http://127.0.0.1:9/x')).status }; return e }");
        const string Path = "/v1/tenants/default/plugins/p/test";
        const string Events = "\"events\":[{\"event\":\"x\",\"distinct_id\":\"d\"}]";

        var real = (await _admin.OkAsync("POST", Path, $"{{{Events}}}"))["results"]![0]!;
        Assert.Contains("blocked by egress rules", (string?)real["http"]![0]!["error"], StringComparison.Ordinal);
        Assert.Equal("FetchError", (string?)real["error"]!["name"]);
        var mocked = (await _admin.OkAsync("POST", Path, $"{{{Events},\"mocks\":[{{\"url\":\"*\",\"status\":418}}]}}"))["results"]![0]!;
        Assert.Equal((418, 418), ((int)mocked["http"]![0]!["status"]!, (int)mocked["output"]!["properties"]!["status"]!));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", Path, $"{{{Events},\"fetch\":\"maybe\"}}"));
    }

    [Fact]
    public async Task Plg24_Approval_IsAnOperatorsWordForOneHash()
    {
        var hash = await _admin.UploadAsync(Passes);

        Assert.True((bool)(await _admin.OkAsync("POST", $"/v1/tenants/default/packages/{hash}/approve"))["approved"]!);
        Assert.True(_admin.Store.Current.IsApproved(hash));
        Assert.False((bool)(await _admin.OkAsync("POST", $"/v1/tenants/default/packages/{hash}/revoke"))["approved"]!);
    }

    [Fact]
    public async Task Plg22_TryIt_OfAnInstallAndOfAll_PublishesNothingAndShowsEverything()
    {
        await _admin.OkAsync("PATCH", "/v1/tenants/acme", """{"routes":[{"channel":"out","content":"properties.n"}]}""");
        foreach (var (name, by) in new[] { ("a", 1), ("b", 10) })
        {
            var hash = await _admin.UploadAsync($"export const processEvent = (e) => {{ e.properties.n = (e.properties.n ?? 0) + {by}; console.log('secret-word'); return e }}", """{"name":"p","config":[{"key":"s","secret":true}]}""", "acme");
            await _admin.OkAsync("POST", "/v1/tenants/acme/plugins", $$$"""{"package":"{{{hash}}}","name":"{{{name}}}","enabled":true,"config":{"s":"secret-word"}}""");
        }

        const string Events = """{"events":[{"event":"x","distinct_id":"d","properties":{}}]}""";
        var one = (await _admin.OkAsync("POST", "/v1/tenants/acme/plugins/b/test", Events, TestAdmin.Acme))["results"]![0]!;
        Assert.Equal("10", (string?)one["published"]![0]!["formats"]!["ws-message"]!["content"]);
        Assert.Equal("acme.out", (string?)one["published"]![0]!["channel"]);
        Assert.Equal("***", (string?)one["logs"]![0]!["text"]);

        var all = (await _admin.OkAsync("POST", "/v1/tenants/acme/pipeline/test", Events, TestAdmin.Acme))["results"]![0]!;
        Assert.Equal(["a:1", "b:11"], all["steps"]!.AsArray().Select(step => $"{step!["install"]}:{step["event"]!["properties"]!["n"]}"));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", "/v1/tenants/acme/plugins/b/test", """{"events":[]}"""));
    }
}
