use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::View;

impl View {
    /// Everything that the derive emits.
    pub(super) fn expand(&self) -> TokenStream {
        let View { ident, columns } = self;
        let constants = columns.iter().map(|column| column.constant(ident));
        let width = columns.len();
        let schema = columns.iter().map(|column| column.to_schema());
        let name = ident.to_string();
        let row = columns.iter().map(|column| &column.ty);
        let fields = columns.iter().map(|column| &column.ident);
        let reads = columns.iter().enumerate().map(|(place, column)| {
            let (field, ty, name) = (&column.ident, &column.ty, &column.name);
            let read = quote_spanned!(ty.span()=> ::bindery::__private::read_field::<#ty>);
            quote!(#field: #read(row, offset + #place, #name)?)
        });
        quote! {
            #[allow(non_upper_case_globals, dead_code)]
            impl #ident {
                #(#constants)*
            }

            // A view that is only ever a table of other statements has fields that nobody reads.
            const _: fn(&#ident) = |view| {
                let _ = (#(&view.#fields,)*);
            };

            #[automatically_derived]
            impl ::bindery::schema::Columns for #ident {
                type ColumnBind = ::bindery::AnyBind;
                const OWNER: ::bindery::schema::ColumnOwner =
                    ::bindery::schema::ColumnOwner::View(<#ident as ::bindery::schema::Relation>::relation);
            }

            #[automatically_derived]
            impl ::bindery::schema::Relation for #ident {
                const WIDTH: usize = #width;

                fn relation() -> &'static ::bindery::schema::Table {
                    static RELATION: ::bindery::schema::StaticTable = ::bindery::schema::StaticTable::new(|| {
                        ::bindery::schema::Table::new(#name, ::bindery::BindKey::DEFAULT)#(.column(#schema))*
                    });
                    &RELATION
                }

                fn from_row_at(row: &::bindery::engine::Row<'_>, offset: usize) -> ::bindery::Result<Self> {
                    ::core::result::Result::Ok(#ident { #(#reads),* })
                }
            }

            #[automatically_derived]
            impl ::bindery::schema::View for #ident {
                type Row = (#(#row,)*);
            }

            #[automatically_derived]
            impl ::bindery::engine::FromRow for #ident {
                fn from_row(row: &::bindery::engine::Row<'_>) -> ::bindery::Result<Self> {
                    ::bindery::schema::Relation::from_row_at(row, 0)
                }

                fn check_columns(columns: &[::bindery::engine::ColumnInfo]) -> ::bindery::Result<()> {
                    ::bindery::__private::check_view::<#ident>(columns)
                }
            }
        }
    }
}
