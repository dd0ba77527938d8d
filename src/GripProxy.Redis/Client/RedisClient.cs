using StackExchange.Redis;

namespace GripProxy.Redis.Client;

/// <summary>
/// One Redis, Redis with replicas, or Redis Cluster. The only place, with its neighbours, that knows the client library. Thread-safe. Connects when first
/// used and again by itself; every failure is a <see cref="RedisFaultException"/>.
/// </summary>
internal sealed class RedisClient : IAsyncDisposable
{
    // Whoever waits longer is told, and asks again: local delivery goes on meanwhile.
    private const int CallTimeoutMilliseconds = 2000;
    private const int ConnectTimeoutMilliseconds = 2000;
    // How often it looks who is master, so that a failover is noticed without an error.
    private const int RoleCheckSeconds = 5;

    private readonly ConfigurationOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private ConnectionMultiplexer? _connection;
    private volatile string? _lastFailure;
    private long _reconfiguredAt;

    /// <summary>For the address and options as the library writes them. Throws <see cref="ArgumentException"/> if they cannot be read.</summary>
    public RedisClient(string configuration, TimeProvider time)
    {
        _options = ReadOptions(configuration);
        _time = time;
        Name = string.Join(',', _options.EndPoints.Select(static point => Format(point)));
    }

    /// <summary>Its addresses, for logs; no password.</summary>
    public string Name { get; }

    /// <summary>Null, or why the text is no address with options.</summary>
    public static string? Check(string configuration)
    {
        try
        {
            return ReadOptions(configuration).EndPoints.Count == 0 ? "it names no host:port" : null;
        }
        catch (ArgumentException error)
        {
            return error.Message;
        }
    }

    /// <summary>Runs a script that the server knows by its hash, where the key lives.</summary>
    public async Task<Reply> RunAsync(byte[] hash, string key, ScriptArguments arguments)
    {
        try
        {
            var database = (await ConnectAsync()).GetDatabase();
            return new Reply(await database.ScriptEvaluateAsync(hash, [key], arguments.ToArray()));
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw await TranslateAsync(error);
        }
    }

    /// <summary>Runs one command whose first argument is a key.</summary>
    public async Task<Reply> ExecuteAsync(string command, string key, ScriptArguments arguments)
    {
        try
        {
            var database = (await ConnectAsync()).GetDatabase();
            return new Reply(await database.ExecuteAsync(command, [(RedisKey)key, .. arguments.ToArray()]));
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw await TranslateAsync(error);
        }
    }

    /// <summary>Makes the server that serves a key know the script; its version.</summary>
    public async Task<Version> LoadAsync(string key, string script)
    {
        try
        {
            var connection = await ConnectAsync();
            var endPoint = await connection.GetDatabase().IdentifyEndpointAsync(key, CommandFlags.DemandMaster)
                ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "no master is known");
            var server = connection.GetServer(endPoint);
            var version = ReadVersion((string?)await server.ExecuteAsync("INFO", "server") ?? "");
            await server.ExecuteAsync("SCRIPT", "LOAD", script);
            return version;
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw await TranslateAsync(error);
        }
    }

    /// <summary>Calls back with every message of a channel of Redis, also after reconnects, until disposed.</summary>
    public async Task SubscribeAsync(string channel, Action<string> handler)
    {
        try
        {
            var subscriber = (await ConnectAsync()).GetSubscriber();
            await subscriber.SubscribeAsync(RedisChannel.Literal(channel), (_, message) => handler((string?)message ?? ""));
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw await TranslateAsync(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connecting.Dispose();
    }

    private static ConfigurationOptions ReadOptions(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;
        options.ClientName = "gripproxy";
        // What is not sent at once is our own relay's business.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry(250);
        options.ConfigCheckSeconds = RoleCheckSeconds;
        options.IncludeDetailInExceptions = false;
        if (!configuration.Contains("asyncTimeout", StringComparison.OrdinalIgnoreCase))
            options.AsyncTimeout = CallTimeoutMilliseconds;
        if (!configuration.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
            options.ConnectTimeout = ConnectTimeoutMilliseconds;
        if (!configuration.Contains("keepAlive", StringComparison.OrdinalIgnoreCase))
            options.KeepAlive = 5;
        return options;
    }

    private static string Format(System.Net.EndPoint point) => point is System.Net.DnsEndPoint named ? $"{named.Host}:{named.Port}" : point.ToString() ?? "";

    private static Version ReadVersion(string info)
    {
        const string Field = "redis_version:";
        var line = info.Split('\n').FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && Version.TryParse(line[Field.Length..].Trim(), out var version)
            ? version
            : throw new RedisFaultException(RedisFault.Other, "its INFO has no redis_version; is it a Redis?");
    }

    private async ValueTask<ConnectionMultiplexer> ConnectAsync()
    {
        if (_connection is { } connected)
            return connected;
        await _connecting.WaitAsync();
        try
        {
            if (_connection is not null)
                return _connection;
            var connection = await ConnectionMultiplexer.ConnectAsync(_options);
            connection.ConnectionFailed += (_, failure) => _lastFailure = Describe(failure);
            connection.ConnectionRestored += (_, _) => _lastFailure = null;
            return _connection = connection;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static string Describe(ConnectionFailedEventArgs failure)
    {
        var inner = failure.Exception;
        while (inner?.InnerException is not null)
            inner = inner.InnerException;
        var kind = $"{failure.FailureType}";
        // The library ends what it says with its own version.
        var text = (inner?.Message ?? "").Split(", v: ")[0];
        if (text.Length == 0)
            return kind;
        return text.StartsWith(kind, StringComparison.Ordinal) ? text : $"{kind}: {text}";
    }

    private async Task<RedisFaultException> TranslateAsync(Exception error)
    {
        var fault = FaultReader.Read(error, _lastFailure);
        if (fault.Fault is RedisFault.ReadOnly or RedisFault.NotReady or RedisFault.Unreachable)
            await ReconfigureAsync();
        return fault;
    }

    /// <summary>Looks anew who is master, at most once a second: a failover shows as an error first.</summary>
    private async Task ReconfigureAsync()
    {
        var now = _time.GetTimestamp();
        var before = Interlocked.Read(ref _reconfiguredAt);
        if (_connection is not { } connection || (before != 0 && _time.GetElapsedTime(before, now) < TimeSpan.FromSeconds(1))
            || Interlocked.CompareExchange(ref _reconfiguredAt, now, before) != before)
            return;
        try
        {
            await connection.ConfigureAsync();
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            _lastFailure ??= error.Message;
        }
    }
}
