using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin;

/// <summary>Files that come with a request, as records and contents. Immutable.</summary>
/// <param name="Records">The records by key.</param>
/// <param name="Contents">The contents by the records' ids.</param>
internal sealed record InstallAttachments(IReadOnlyDictionary<string, AttachmentRecord> Records, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Contents)
{
    /// <summary>Gives each file an id.</summary>
    public static InstallAttachments Of(IEnumerable<KeyValuePair<string, PluginAttachment>> files)
    {
        Dictionary<string, AttachmentRecord> records = new(StringComparer.Ordinal);
        Dictionary<string, ReadOnlyMemory<byte>> contents = new(StringComparer.Ordinal);
        foreach (var (key, file) in files)
        {
            var record = new AttachmentRecord(Guid.NewGuid().ToString("N"), file.ContentType, file.FileName, file.Contents.Length);
            records[key] = record;
            contents[record.Id] = file.Contents;
        }

        return new InstallAttachments(records, contents);
    }

    /// <summary>Refuses a configuration that is not as the plugin's form says.</summary>
    public static void CheckConfig(IReadOnlyList<ConfigField> form, InstallRecord install)
    {
        var reasons = ConfigValues.Check(form, ConfigValues.Complete(form, install.Config), Sized(install));
        if (reasons.Count > 0)
            throw new AdminRefusalException(AdminProblem.InvalidConfig(reasons));
    }

    /// <summary>Refuses a file that is not as the form says; what else is wrong does not matter here.</summary>
    public static void CheckFile(IReadOnlyList<ConfigField> form, string key, InstallRecord install) => CheckConfig([.. form.Where(field => field.Key == key)], install);

    // The form asks only whether a file is there and how large it is.
    private static Dictionary<string, PluginAttachment> Sized(InstallRecord install) => install.Attachments.ToDictionary(
        file => file.Key, file => new PluginAttachment(file.Value.ContentType, file.Value.FileName, new byte[file.Value.Size]), StringComparer.Ordinal);
}
