using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Geo;

/// <summary>
/// Where addresses are, from the file that <c>geoip_database</c> names, which is opened again when it has changed (plugins-api.md §3.7). Thread-safe: the file
/// in use is one reference; one that was replaced is closed when nobody reads it any more.
/// </summary>
/// <param name="path">The file, or empty: nothing is known.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what is wrong with the file.</param>
internal sealed partial class GeoDatabase(string path, TimeProvider time, ILogger<GeoDatabase> logger)
{
    // Within 60 s of a change it is noticed.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private MaxMindFile? _file;
    private (DateTime Written, long Length) _seen;
    private long _looked;
    private bool _hasLooked;

    /// <summary>What is known of an address, as JSON; empty if nothing is.</summary>
    public ReadOnlyMemory<byte> Find(string address)
    {
        if (path.Length == 0 || !IPAddress.TryParse(address, out var parsed) || Current() is not { } file)
            return default;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, JsonOptions);
        try
        {
            if (!file.TryWrite(parsed, json))
                return default;
            json.Flush();
            return buffer.WrittenMemory;
        }
        catch (InvalidDataException e)
        {
            Log.Unusable(logger, path, e.Message);
            return default;
        }
    }

    private MaxMindFile? Current()
    {
        lock (_gate)
        {
            if (_hasLooked && time.GetElapsedTime(_looked) < LookEvery)
                return _file;
            _hasLooked = true;
            _looked = time.GetTimestamp();
            try
            {
                Look();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // What is open goes on to serve.
                Log.Unusable(logger, path, e.Message);
            }

            return _file;
        }
    }

    private void Look()
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new FileNotFoundException("it is not there");
        var seen = (info.LastWriteTimeUtc, info.Length);
        if (seen == _seen)
            return;
        _file = MaxMindFile.Open(path);
        _seen = seen;
        Log.Opened(logger, path);
    }

    private static partial class Log
    {
        [LoggerMessage(7500, LogLevel.Information, "locations come from {Path}", EventName = "GeoOpened")]
        public static partial void Opened(ILogger logger, string path);

        [LoggerMessage(7501, LogLevel.Warning, "the database of locations {Path} cannot be used: {Reason}", EventName = "GeoUnusable")]
        public static partial void Unusable(ILogger logger, string path, string reason);
    }
}
