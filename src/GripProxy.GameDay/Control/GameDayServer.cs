using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace GripProxy.GameDay.Control;

/// <summary>The API beside a generator. Owned by the command.</summary>
internal sealed class GameDayServer : IAsyncDisposable
{
    private const long MostBody = 1L << 30;

    private readonly WebApplication _app;

    private GameDayServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Starts it.</summary>
    /// <param name="listen">Address and port; another address than this machine's own needs a token.</param>
    /// <param name="token">What requests must carry, or empty: nothing.</param>
    /// <param name="handle">Answers.</param>
    /// <exception cref="TargetException">It cannot listen there.</exception>
    public static async Task<GameDayServer> StartAsync(string listen, string token, RequestDelegate handle)
    {
        if (!IPEndPoint.TryParse(listen, out var address))
            throw new TargetException($"'{listen}' is no address to listen on, expected as 127.0.0.1:9100");
        if (token.Length == 0 && !IPAddress.IsLoopback(address.Address))
            throw new TargetException($"whoever reaches {listen} could make load: GRIPPROXY_GAMEDAY_TOKEN must be set, which requests then carry");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // A recording goes to agents in one piece.
            kestrel.Limits.MaxRequestBodySize = MostBody;
            kestrel.Listen(address);
        });
        var app = builder.Build();
        app.Run(context => MayAsk(context.Request, token) ? handle(context) : RefuseAsync(context));
        try
        {
            await app.StartAsync();
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new TargetException($"cannot listen on {listen}: {e.Message}");
        }

        return new GameDayServer(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // A page in a browser of this machine must not make load: it would name its origin.
    private static bool MayAsk(HttpRequest request, string token) => token.Length == 0
        ? !request.Headers.ContainsKey("Origin")
        : CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes($"Bearer {token}"));

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
