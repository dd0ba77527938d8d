using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Commands;

/// <summary>Finds and reads the configuration file (CFG-01, own-config.md Lookup). Lives for one start.</summary>
internal sealed class ConfigurationSource(ProcessContext context)
{
    /// <summary>The file named by <c>--config</c>, else the first of the usual places.</summary>
    /// <param name="named">Value of <c>--config</c>, or null.</param>
    /// <param name="error">CFG-01's text if there is none.</param>
    public string? Locate(string? named, out string error)
    {
        error = "";
        if (named is not null)
            return named;
        if (ConfigFileLookup.Find(context.FileExists) is { } found)
            return found;
        error = ConfigFileLookup.NotFound;
        return null;
    }

    /// <summary>Reads the file with environment and flags on top.</summary>
    /// <param name="path">The file.</param>
    /// <param name="flags">What the command line says besides.</param>
    /// <param name="error">Why the file cannot be read; else empty.</param>
    /// <returns>The settings, or null if the file cannot be read. What is wrong inside is in their problems.</returns>
    public Settings? Load(string path, RunFlags flags, out string error)
    {
        try
        {
            error = "";
            return new Settings(new SettingsSources
            {
                Path = path,
                Text = File.ReadAllText(path),
                ReadFile = ReadOther,
                Environment = context.Environment,
                Overrides = flags.Overrides,
                InstanceId = flags.Id,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = $"unable to read the configuration file {path}: {e.Message}";
            return null;
        }
    }

    private static string? ReadOther(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The settings know whether a missing file is a mistake, and say so with the place that names it.
            return null;
        }
    }
}
