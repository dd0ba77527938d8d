using GripProxy.Plugins.Redis.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Values;

/// <summary>Removes keys of a tenant by what they begin with, some at a time, so that others are served meanwhile. Stateless.</summary>
internal static class ValueClearing
{
    /// <summary>Removes all keys that begin so.</summary>
    /// <param name="script">The script of values.</param>
    /// <param name="beginning">Where they begin.</param>
    /// <param name="kind">What all keys of their kind contain.</param>
    /// <param name="known">What the names of the keys begin with that know the sizes of the others; empty: nothing does.</param>
    /// <exception cref="Plugins.State.StateUnavailableException">They cannot be removed now.</exception>
    public static async Task ClearAsync(RedisScript script, string beginning, string kind, string known = "")
    {
        var place = "0";
        do
        {
            var arguments = new ScriptArguments().Add("clear").Add(known).Add(beginning).Add(place).Add(kind);
            place = (await StateServer.TryAsync(() => script.RunAsync(beginning, arguments))).Text;
        }
        while (place != "0");
    }
}
