namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Theory data: every case with every kind of origin, because a client must not notice which one it talks to.</summary>
public static class OriginKinds
{
    private static readonly OriginKind[] s_all = [OriginKind.Native, OriginKind.OverHttp];

    public static TheoryData<OriginKind> All => [.. s_all];

    public static TheoryData<OriginKind, T> With<T>(params IEnumerable<T> cases)
    {
        TheoryData<OriginKind, T> data = [];
        foreach (OriginKind kind in s_all)
        {
            foreach (T value in cases)
            {
                data.Add(kind, value);
            }
        }

        return data;
    }
}
