using System.Net;
using GripProxy.Origin;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Net.Http.Headers;

namespace GripProxy.OriginSample;

/// <summary>The sample origin as a running server. Owned by who started it; stop it by <see cref="StopAsync"/> or by disposing it.</summary>
public sealed class SampleOrigin : IAsyncDisposable
{
    /// <summary>Larger than any chat message; the rest of the application reads no bodies into memory.</summary>
    private const long MaxBodyBytes = 16 * 1024 * 1024;

    private readonly WebApplication _app;

    private SampleOrigin(WebApplication app) => _app = app;

    /// <summary>Where it listens, for example <c>http://127.0.0.1:8000/</c>.</summary>
    public Uri Address => new(_app.Urls.First() + "/");

    /// <summary>Starts it inside another program: it does not listen to signals.</summary>
    /// <exception cref="IOException">The address is in use or not ours.</exception>
    /// <exception cref="FormatException">The address to listen on is none.</exception>
    public static async Task<SampleOrigin> StartAsync(SampleOriginOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var app = Build(options, services => services.Replace(ServiceDescriptor.Singleton<IHostLifetime, GuestLifetime>()));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new SampleOrigin(app);
    }

    /// <summary>Ends it; requests that run get the time until <paramref name="cancellationToken"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The whole application: first what it needs, then what it answers to.</summary>
    internal static WebApplication Build(SampleOriginOptions options, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        options.ConfigureLogging(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPEndPoint.Parse(options.Listen));
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.AddServerHeader = false;
        });

        builder.Services.AddGrip(grip =>
        {
            grip.SigKey = options.SigKey;
            foreach (var url in options.GripUrls)
                grip.Urls.Add(url);
        });
        builder.Services.AddCors(cors => cors.AddPolicy(LongPoll.CorsPolicy, policy => policy
            .AllowAnyOrigin()
            .WithMethods("GET", "POST")
            .WithHeaders(HeaderNames.ContentType, HeaderNames.IfNoneMatch)
            .WithExposedHeaders(HeaderNames.ETag)));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<Announcer>();
        builder.Services.AddSingleton<ChatLog>();
        builder.Services.AddSingleton<People>();
        builder.Services.AddHostedService<TickerService>();
        builder.Services.AddHostedService<PeopleSweeper>();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseCors();
        DemoPage.Use(app);
        PlainPages.Map(app);
        SendMessage.Map(app);
        ChatSocket.Map(app);
        PeopleEndpoint.Map(app);

        // What only a GRIP proxy can hold.
        var held = app.MapGroup("").AddEndpointFilter<RequireProxy>();
        TickerStream.Map(held);
        LongPoll.Map(held);
        ChatStream.Map(held);
        PluginEvent.Map(app, held);
        GameDayChannels.Map(held);
        return app;
    }
}
