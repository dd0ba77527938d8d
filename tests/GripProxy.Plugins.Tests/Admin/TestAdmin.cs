using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events.Followed;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Trials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>The admin API over real stores and a real socket, with the tenants <c>default</c> (1) and <c>acme</c> (2). Owned by one test.</summary>
internal sealed class TestAdmin : IAsyncDisposable
{
    public const string Operator = "gpo_operator_token_of_these_tests";
    public const string Acme = "gpt_token_of_acme_in_these_tests";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress = new(new EgressOptions(), static () => [], TimeProvider.System);
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StorageDatabase _storage;
    private readonly WebApplication _server;
    private readonly HttpClient _http;

    private TestAdmin()
    {
        Store = new SqliteStateStore(_folder.File("state.db"), new SecretBox("key of these tests"));
        Logs = new LogBook(_folder.File("logs.db"), "here", TimeProvider.System, NullLogger<LogBook>.Instance);
        Queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), TimeProvider.System, NullLogger<SqliteEventQueue>.Instance);
        _storage = new StorageDatabase(_folder.File("storage.db"));
        Profiles = new ProfileStore(_folder.File("profiles.db"));
        Accepted = new AcceptedEvents(_ => Use.Metrics, TimeProvider.System);
        var storage = new TenantStorage(1, _storage);
        Switches = new SwitchBoard(Store, TimeProvider.System);
        var compiler = new PackageCompiler(new PluginCompiler(TestRuntime.Launch, TimeProvider.System));
        var parts = new AdminParts
        {
            Store = Store,
            Switches = Switches,
            Logs = Logs,
            DeadLetters = Queue.DeadLetters,
            Queue = Queue,
            ProgressOf = tenant => new QueueProgress(Queue.Oldest(tenant), Queue.OldestPost(tenant), 3, Queue.Retrying(tenant)),
            Accepted = Accepted,
            ProfilesOf = tenant => new TenantProfiles(tenant, Profiles),
            StorageOf = _ => storage,
            CacheOf = tenant => tenant == 1 ? new LocalCache(Cache) : null,
            ForgetAsync = (tenant, install) =>
            {
                Forgotten.Add($"{tenant} {install}");
                return Task.CompletedTask;
            },
            UseOf = tenant => tenant == 1 ? Use : null,
            Capabilities = new CapabilityReader(TestRuntime.Launch, new WorkerLimits(), compiler, TimeProvider.System),
            Trials = new TrialRunner(TestRuntime.Launch, new WorkerLimits(), compiler, TimeProvider.System),
            Egress = _egress,
            FetchOf = tenant => new PluginFetch(tenant, _egress, new PluginInstruments(_meters.GetRequiredService<IMeterFactory>()), TimeProvider.System),
            Places = Places,
            Time = TimeProvider.System,
            KeeperOf = static _ => null,
            WorkOf = _ => Work,
            AppliedAsync = static _ => Task.CompletedTask,
            ApplySetupAsync = Setup,
            PackagesFolder = _folder.File("packages"),
        };
        var tokens = new AdminTokens(KeyHash.Of(Operator), AdminTokens.OfTenants(Store));
        Router = new AdminRouter(AdminApi.Endpoints(parts), tokens, NullLogger<AdminRouter>.Instance) { IsReadOnly = () => Switches.IsOn(SwitchName.ReadOnlyAdmin) };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(Router.HandleAsync);
        _http = new HttpClient { Timeout = Patience };
    }

    public AdminRouter Router { get; }

    public ProfileStore Profiles { get; }

    /// <summary>The events that were accepted.</summary>
    public AcceptedEvents Accepted { get; }

    public TrialPlaces Places { get; } = new(ofOne: 2, ofAll: 3);

    public SqliteStateStore Store { get; }

    /// <summary>What is switched on now.</summary>
    public SwitchBoard Switches { get; }

    public LogBook Logs { get; }

    public SqliteEventQueue Queue { get; }

    /// <summary>The cache of the tenant <c>default</c>.</summary>
    public TenantCache Cache { get; } = new(TimeProvider.System);

    /// <summary>What was deleted at once.</summary>
    public List<string> Forgotten { get; } = [];

    /// <summary>What the plugins of the tenant <c>default</c> did.</summary>
    public PluginUse Use { get; } = new(new PluginMetrics("default", TimeProvider.System), TimeProvider.System);

    public TempFolder Folder => _folder;

    /// <summary>The work of every tenant, or null.</summary>
    public TenantWork? Work { get; set; }

    /// <summary>What becomes of the set-up file.</summary>
    public Func<bool, Task<SetupOutcome>> Applies { get; set; } = static _ => Task.FromResult(new SetupOutcome([], []));

    private Task<SetupOutcome> Setup(bool dryRun) => Applies(dryRun);

    public static async Task<TestAdmin> StartAsync()
    {
        var admin = new TestAdmin();
        await admin.Store.UpdateAsync(static state => state
            .Numbered(NumbersRecord.Tenants, "default", static _ => false, out var first).With(new TenantRecord { Number = first, Name = "default" })
            .Numbered(NumbersRecord.Tenants, "acme", static _ => false, out var second).With(new TenantRecord { Number = second, Name = "acme" })
            .With(new KeyRecord { Id = "a", Kind = KeyKind.Tenant, Tenant = 2, Name = "acme's", Hash = KeyHash.Of(Acme) }));
        await admin._server.StartAsync();
        admin._http.BaseAddress = new Uri(admin._server.Urls.First());
        return admin;
    }

    /// <summary>Asks and gives status and JSON of the answer.</summary>
    public async Task<(int Status, JsonNode? Json)> AskAsync(string method, string path, string? body = null, string? token = Operator, string? ifMatch = null)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await SendAsync(method, path, content, token, ifMatch);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Asks for what must succeed.</summary>
    public async Task<JsonNode> OkAsync(string method, string path, string? body = null, string? token = Operator)
    {
        var (status, json) = await AskAsync(method, path, body, token);
        Assert.True(status is >= 200 and < 300, $"{status} {json}");
        return json ?? new JsonObject();
    }

    /// <summary>Asks for what must be refused, and gives the code.</summary>
    public async Task<string> RefusedAsync(int expected, string method, string path, string? body = null, string? token = Operator)
    {
        var (status, json) = await AskAsync(method, path, body, token);
        Assert.True(status == expected, $"{status} {json}");
        Assert.Equal(expected, (int)json!["status"]!);
        Assert.Equal("urn:gripproxy:" + json["code"], (string?)json["type"]);
        return (string)json["code"]!;
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null, string? token = Operator, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Uploads a source and gives the hash of the package.</summary>
    public async Task<string> UploadAsync(string source, string manifest = """{"name":"p"}""", string tenant = "default") => (string)(await OkAsync(
        "POST", $"/v1/tenants/{tenant}/packages", new JsonObject { ["source"] = source, ["plugin_json"] = JsonNode.Parse(manifest) }.ToJsonString()))["hash"]!;

    /// <summary>Uploads a source and installs it in the tenant <c>default</c>.</summary>
    public async Task<JsonNode> InstallAsync(string source, string manifest = """{"name":"p"}""", string more = "") =>
        await OkAsync("POST", "/v1/tenants/default/plugins", $$"""{"package":"{{await UploadAsync(source, manifest)}}"{{more}}}""");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await Logs.DisposeAsync();
        await Queue.DisposeAsync();
        Switches.Dispose();
        await Store.DisposeAsync();
        _storage.Dispose();
        Profiles.Dispose();
        _egress.Dispose();
        await _meters.DisposeAsync();
        _folder.Dispose();
    }
}
