using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Engine;

/// <summary>Looks for the runtime where plugins.md §4 says. Immutable.</summary>
/// <param name="Path">Key <c>runtime_path</c>, or empty.</param>
/// <param name="ProductFolder">Folder of the program, in which <c>runtime</c> lies.</param>
/// <param name="SearchPath">The environment's PATH.</param>
internal sealed record RuntimeSearch(string Path, string ProductFolder, string SearchPath)
{
    private static readonly Version Oldest = new(2, 9);

    private const string BabelInModules = "@babel/standalone/babel.min.js";

    private string Modules => System.IO.Path.Combine(ProductFolder, "runtime", "node_modules");

    /// <summary>Finds Deno and Babel.</summary>
    /// <param name="error">One line that names the places and the command that installs it, or empty.</param>
    /// <returns>Null if something is missing.</returns>
    public RuntimeLocation? Find(out string error)
    {
        error = "";
        if (Candidates().FirstOrDefault(File.Exists) is { } deno && BabelFor(deno) is { } babel)
            return new RuntimeLocation(System.IO.Path.GetFullPath(deno), babel);

        error = "[plugins] enabled=true needs Deno 2.9 or newer and Babel, which were looked for at [plugins] runtime_path"
            + $" ({(Path.Length == 0 ? "not set" : Path)}), in {Modules} and on the PATH;"
            + $" install both with: npm ci --ignore-scripts --prefix {System.IO.Path.Combine(ProductFolder, "runtime")}";
        return null;
    }

    /// <summary>Asks a Deno for its version.</summary>
    /// <returns>Null, or why it cannot be used.</returns>
    public static async Task<string?> CheckVersionAsync(RuntimeLocation runtime)
    {
        try
        {
            using var process = await ProcessStarter.StartAsync(new ProcessStartInfo(runtime.Deno, ["--version"]) { UseShellExecute = false, RedirectStandardOutput = true });
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (text.Split(' ') is ["deno", var number, ..] && Version.TryParse(number, out var version) && version >= Oldest)
                return null;
            return $"[plugins] enabled=true needs Deno {Oldest} or newer; {runtime.Deno} says '{text.Split('\n')[0].Trim()}'";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            return $"[plugins] enabled=true needs Deno; {runtime.Deno} cannot be started: {e.Message}";
        }
    }

    /// <summary>As npm names it: the part of <c>@deno/…</c>.</summary>
    internal static string Platform
    {
        get
        {
            var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
            if (OperatingSystem.IsWindows())
                return $"win32-{machine}";
            return OperatingSystem.IsMacOS() ? $"darwin-{machine}" : $"linux-{machine}-glibc";
        }
    }

    private static string ProgramName => OperatingSystem.IsWindows() ? "deno.exe" : "deno";

    private IEnumerable<string> Candidates()
    {
        if (Path.Length > 0)
            return [Path];
        return SearchPath.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, ProgramName))
            .Prepend(System.IO.Path.Combine(Modules, "@deno", Platform, ProgramName));
    }

    // Beside a Deno of npm lies the Babel that was installed with it; any other Deno is used with that of the product.
    private string? BabelFor(string deno)
    {
        var beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(deno, "..", "..", "..", BabelInModules));
        return new[] { beside, System.IO.Path.Combine(Modules, BabelInModules) }.FirstOrDefault(File.Exists);
    }
}
