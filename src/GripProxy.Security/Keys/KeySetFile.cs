using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace GripProxy.Security.Keys;

/// <summary>
/// A JWKS in a file that is read again when it changes (own-config.md). Whichever thread finds that a second has passed looks at the file;
/// the others go on with the current set. A new version that cannot be used leaves the old set in place and is logged once.
/// </summary>
internal sealed partial class KeySetFile
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _check = new();
    private readonly string _path;
    private readonly string _issuer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile KeySet _current;
    private string _stamp;
    private string _reported = "";
    private long _checkedAt;

    private KeySetFile(string path, string issuer, TimeProvider time, ILogger logger, KeySet first, string stamp)
    {
        _path = path;
        _issuer = issuer;
        _time = time;
        _logger = logger;
        _current = first;
        _stamp = stamp;
        _checkedAt = time.GetTimestamp();
    }

    /// <summary>The newest usable set.</summary>
    internal KeySet Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= CheckInterval && _check.TryEnter())
            {
                try
                {
                    Volatile.Write(ref _checkedAt, _time.GetTimestamp());
                    Renew();
                }
                finally
                {
                    _check.Exit();
                }
            }

            return _current;
        }
    }

    /// <summary>Reads the file the first time; then an unusable one is an error.</summary>
    internal static bool TryOpen(
        string path, string issuer, TimeProvider time, ILogger logger, [NotNullWhen(true)] out KeySetFile? file, out string error)
    {
        file = null;
        // The stamp is taken before the content: a write in between is seen as a change later.
        var firstStamp = StampOf(path);
        if (KeyFile.TryRead(path, out var content, out error) && KeySet.TryRead(content, path, out var set, out error))
            file = new KeySetFile(path, issuer, time, logger, set, firstStamp);
        return file is not null;
    }

    /// <summary>Called under the lock. Only a success moves the stamp, so that a file which could not be read is tried again.</summary>
    private void Renew()
    {
        var newStamp = StampOf(_path);
        if (newStamp == _stamp)
            return;
        if (KeyFile.TryRead(_path, out var content, out var problem) && KeySet.TryRead(content, _path, out var set, out problem))
        {
            _current = set;
            _stamp = newStamp;
            _reported = "";
            Log.KeySetRead(_logger, _path, _issuer, set.Count);
        }
        else if (_reported != newStamp + problem)
        {
            _reported = newStamp + problem;
            Log.KeySetUnusable(_logger, _issuer, problem);
        }
    }

    /// <summary>Time of the last write and length; empty if there is no such file.</summary>
    private static string StampOf(string path)
    {
        try
        {
            var info = new FileInfo(path);
            return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{info.LastWriteTimeUtc.Ticks}/{info.Length}") : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Reading it will say what is wrong.
            return "";
        }
    }
}
