using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;

namespace GripProxy.Plugins.Admin;

/// <summary>Looks at the members of tenants and installs before they are kept, as the set-up file does. Stateless. What is wrong ends the request with 400.</summary>
internal static class SettingsCheck
{
    /// <summary>The tenant that these members make.</summary>
    public static Tenant Tenant(string name, int number, JsonObject settings)
    {
        List<string> problems = [];
        var tenant = new TenantReader(problems).Read(new SetupNode(settings, name, problems), new Tenant { Name = name, Number = number, ChannelPrefix = "" });
        Refuse(problems);
        return tenant;
    }

    /// <summary>The install that these members make.</summary>
    /// <param name="install">The install without them.</param>
    /// <param name="settings">The members.</param>
    public static Install Install(Install install, JsonObject settings)
    {
        List<string> problems = [];
        var read = new InstallReader(problems).Read(new SetupNode(settings, install.Name, problems), install);
        Refuse(problems);
        return read;
    }

    /// <summary>Refuses members that make no install.</summary>
    public static void Install(string name, PluginPackage package, JsonObject settings) => Install(new Install { Number = 0, Name = name, Package = package }, settings);

    private static void Refuse(List<string> problems)
    {
        if (problems.Count > 0)
            throw new AdminRefusalException(AdminProblem.Invalid(string.Join("; ", problems)));
    }
}
