using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Finds out whether a partition is the one that this node knew, and what became of what it was told (README.md, Fence). Owned by the loop of the
/// partition; <see cref="Generation"/> may be read by anybody.
/// </summary>
internal sealed partial class PartitionGreeting(
    PartitionScript script, LinkState state, OwnAppends appends, StepReader reader, LinkParts parts, ILogger logger)
{
    private string _generation = "";
    private bool _isKnown;

    /// <summary>The generation that logs are read in; empty: not known.</summary>
    public string Generation => Volatile.Read(ref _generation);

    /// <summary>Greets. The call is begun and ended for whoever watches over it.</summary>
    /// <returns>False: it was declared a new birth, and is to be greeted again.</returns>
    public async Task<bool> GreetAsync(PartitionContact contact)
    {
        contact.BeginCall();
        var hello = await script.HelloAsync(parts.Node.Run, parts.Node.Wake);
        contact.EndCall();
        if (hello.Generation != _generation || !hello.WasKnown)
        {
            var isLost = _isKnown && (!hello.WasKnown || Hello.BirthOf(hello.Generation) != Hello.BirthOf(_generation));
            bool isWhole;
            lock (state.Gate)
                isWhole = Rewind(hello, isLost);
            if (!isWhole)
            {
                await LoseAllAsync(hello.Generation);
                return false;
            }

            reader.ForgetInbox();
            if (isLost)
                Recover();
            Volatile.Write(ref _generation, hello.Generation);
        }

        _isKnown = true;
        return true;
    }

    /// <summary>More was lost than can be named: all nodes recover, this one when it greets again.</summary>
    public Task LoseAllAsync() => LoseAllAsync(_generation);

    private async Task LoseAllAsync(string generation)
    {
        Log.Rebirth(logger, script.Server, script.Key);
        await script.RebirthAsync(generation);
        lock (state.Gate)
            appends.EndAll(state.Relay.ForgetLost());
    }

    /// <summary>Prepares to tell again what the server does not know. False: that is not here any more.</summary>
    private bool Rewind(Hello hello, bool isLost)
    {
        if (isLost || !_isKnown)
            appends.EndAll(state.Relay.ForgetAnswered());
        else if (!state.Relay.TryRewind(hello.LastSeq))
            return false;
        state.Relay.ForgetMemberships();
        state.Memberships.AskAgain();
        return true;
    }

    private void Recover()
    {
        if (parts.Outages.Lose(script.Server))
            Log.Lost(logger, script.Server);
        else
            Log.PartitionLost(logger, script.Key);
        lock (state.Delivering)
            state.RecoverAll();
    }
}
